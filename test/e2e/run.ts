import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** An environment in which nothing is configured and nothing on this machine is found. */
export const BARE_ENV = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", OLLAMA_HOST: "127.0.0.1:9" };

/** Runs Node on a file of the project with the built package, and waits for its end. */
export function runNode(
  file: string,
  words: readonly string[],
  input: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, file), ...words], { cwd: ROOT, env: { ...BARE_ENV, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
