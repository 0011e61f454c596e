import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRun } from "../../test/server/read-run.js";
import { serve } from "../../test/server/serve.js";
import type { Io } from "./io.js";
import type { ServeConfig } from "./serve-config.js";
import { servedWorkflows } from "./serve-workflows.js";

let data: string;
let secret: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "sluice-"));
  secret = join(data, "secret.txt");
  await writeFile(secret, "hidden");
});
afterAll(() => rm(data, { recursive: true }));

const io = () => ({ env: { SLUICE_DATA: data }, stderr: process.stderr }) as unknown as Io;

/** What a document of a caller's answers. */
async function run(config: ServeConfig, isOpen: boolean, steps: object[]) {
  const { options } = await servedWorkflows({ models: { echo: "echo" }, ...config }, isOpen, io());
  const serving = await serve({ ...options, models: ["echo"] });
  try {
    const body = JSON.stringify({ document: { steps } });
    const answer = await fetch(`${serving.url}/v1/workflow-runs`, { method: "POST", body });
    return answer.ok ? await readRun(answer) : { error: { message: await answer.text() }, status: answer.status };
  } finally {
    await serving.close();
  }
}

const write = { id: "w", type: "file_output", config: { path: "note.txt" }, inputs: { content: "Hello" } };
const read = (path: string) => [
  { id: "d", type: "document_processing", config: {}, inputs: { file_path: path } },
  { id: "o", type: "output", inputs: { text: "{d.text}" } },
];

test("where no key is asked for, a document has a folder of its own, and nothing outside of it", async () => {
  const { error } = await run({}, true, [write]);
  expect(error).toBeUndefined();
  expect(await readFile(join(data, "documents", "note.txt"), "utf8")).toBe("Hello");
  if (process.platform !== "win32") expect((await stat(join(data, "documents"))).mode & 0o077).toBe(0);
  expect(await run({}, true, read("note.txt"))).toMatchObject({ text: "Hello" });
  for (const path of [secret, "../secret.txt", "package.json"]) {
    const refused = await run({}, true, read(path));
    expect(JSON.stringify(refused)).not.toContain("hidden");
    expect(refused.error).toBeDefined();
  }
  const python = { id: "p", type: "python_function", config: { module: "os", function: "getcwd" } };
  expect((await run({}, true, [python])).error).toBeDefined();
  const inside = { id: "h", type: "http_request", config: { url: "http://127.0.0.1:9/" } };
  expect((await run({}, true, [inside])).error).toBeDefined();
});

test("where a key is asked for, or the file says so, no document is run", async () => {
  expect((await run({}, false, [write])).error).toBeDefined();
  expect((await run({ documents: false }, true, [write])).error).toBeDefined();
});
