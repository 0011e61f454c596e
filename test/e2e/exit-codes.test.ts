import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT_CODES_HELP } from "../../src/cli/exit-code.js";
import { startSluice } from "./start.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-exit-"));
const chunk = { id: "c", model: "m", choices: [{ index: 0, delta: { content: "Half" }, finish_reason: null }] };

/** Answers as the name of the model says: with a status, the beginning of an answer, or not at all. */
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => {
    body += piece;
  });
  request.on("end", () => {
    const { model } = JSON.parse(body);
    if (model === "silent") return;
    if (model === "endless" || model === "cut") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      if (model === "cut") response.end();
    } else {
      response.writeHead(Number(model), { "content-type": "application/json", "retry-after": "3600" });
      response.end('{"error":{"message":"no"}}');
    }
  });
});
let env: Record<string, string>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, SLUICE_DATA: folder };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** The codes that ended processes here, of those that `--help` lists. */
const seen = new Set<number>();
const ask = (model: string, ...words: string[]) => [
  "ask",
  "-m",
  model.includes("/") ? model : `openai/${model}`,
  ...words,
  "hi",
];

test.each<[string, () => string[], number]>([
  ["an answer that is complete", () => ["ask", "-m", "echo", "hi"], 0],
  ["a provider that refuses", () => ask("400"), 1],
  ["a permission that is missing", () => ask("403"), 1],
  ["an option that there is not", () => ask("400", "--tempreature", "1"), 2],
  ["a value that is not allowed", () => ask("400", "--temperature", "9"), 2],
  ["a key that is refused", () => ask("401"), 3],
  ["a model that there is not", () => ask("404"), 3],
  ["a provider that there is not", () => ask("opnai/x"), 3],
  ["a rate limit", () => ask("429"), 4],
  ["an overload", () => ask("503"), 4],
  ["a time limit before the answer", () => ask("silent", "--timeout", "0.5"), 4],
  ["a time limit within the answer", () => ask("endless", "--timeout", "0.5"), 4],
  ["a connection that breaks", () => ask("cut"), 4],
  ["a run that waits", () => ["run", waiting(), "-m", "echo"], 5],
])("%s ends the process with its code", async (_what, words, code) => {
  const ended = await startSluice(words(), { env }).ended;
  expect([ended.code, ended.stderr]).toEqual([code, expect.anything()]);
  if (code !== 0 && code !== 5) expect(ended.stderr).toContain("error: ");
  seen.add(code);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s ends the process with code %i, what had arrived shown", async (signal, code) => {
  const run = startSluice(ask("endless"), { env });
  await run.until(/Half/);
  run.child.kill(signal);
  expect(await run.ended).toMatchObject({ code, stdout: "Half\n" });
  seen.add(code);
});

test("--json says a failure as JSON, before and within an answer", async () => {
  const last = async (...words: string[]) => {
    const { stdout } = await startSluice(["ask", "--json", ...words, "hi"], { env }).ended;
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  };
  expect(await last("-m", "opnai/x")).toMatchObject({ type: "error", error: { code: "unknown-model" } });
  expect(await last("-m", "openai/cut")).toMatchObject({
    type: "error",
    error: { code: "truncated", retryable: true, model: "openai/cut", partial: { text: "Half" } },
  });
});

test("every code that --help lists was seen", () => {
  const listed = Array.from(EXIT_CODES_HELP.matchAll(/\b\d+\b/g), ([code]) => Number(code));
  expect([...seen].sort()).toEqual(listed.sort());
});

function waiting(): string {
  const path = join(folder, "waits.json");
  writeFileSync(path, JSON.stringify({ steps: [{ id: "ok", type: "human_approval", config: { message: "Go on?" } }] }));
  return path;
}
