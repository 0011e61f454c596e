import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { BARE_ENV, type Ended, ROOT } from "./run.js";

/** A command that runs. */
export interface Started {
  child: ChildProcess;
  /** Resolves to the first match in what it wrote to either output; rejects when it ends without one. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
}

/** Starts the built `sluice` command, for tests that do something while it runs. Its stdin stays open where input is `null`. */
export function startSluice(
  words: readonly string[],
  options: { folder?: string; env?: Record<string, string>; input?: string | null } = {},
): Started {
  const { folder = ROOT, env = {}, input = "" } = options;
  const main = join(ROOT, "dist/cli/main.js");
  const child = spawn(process.execPath, [main, ...words], { cwd: folder, env: { ...BARE_ENV, ...env } });
  let [stdout, stderr] = ["", ""];
  let isOver = false;
  let watchers: (() => void)[] = [];
  const tell = () => {
    const told = watchers;
    watchers = [];
    for (const watcher of told) watcher();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    tell();
  });
  child.stdin.on("error", () => {});
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      isOver = true;
      resolve({ code, stdout, stderr });
      tell();
    });
  });
  return {
    child,
    ended,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (found !== null) return found;
        if (isOver) throw new Error(`It ended without ${pattern}:\n${stdout}\n${stderr}`);
        await new Promise<void>((resolve) => watchers.push(resolve));
      }
    },
  };
}
