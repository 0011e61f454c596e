import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EmbeddedEngine } from "../../src/workflows/engines/embedded-engine.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { engineContract } from "./engine-contract.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-engines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

engineContract("memory", async () => new MemoryEngine());
engineContract("embedded", () => EmbeddedEngine.open(join(folder, `${files++}.db`)));

test("a memory engine keeps so many runs: the oldest that is over goes first, then the oldest that waits", async () => {
  const engine = new MemoryEngine({ maxRuns: 2 });
  const begin = async (id: string, status: "completed" | "waiting" | undefined) => {
    const journal = await engine.begin({ id, workflow: "w", inputs: {}, document: {}, format: 1 });
    if (status === undefined) return;
    await journal.finish({ status, questions: [] });
    await journal.close();
  };
  const ids = async () => (await engine.list()).map(({ id }) => id).sort();
  await begin("waits", "waiting");
  await begin("over", "completed");
  await begin("runs", undefined);
  expect(await ids()).toEqual(["runs", "waits"]);
  await begin("runs too", undefined);
  expect(await ids()).toEqual(["runs", "runs too"]);
  await begin("runs as well", undefined);
  expect(await ids()).toHaveLength(3);
  expect(() => new MemoryEngine(JSON.parse('{ "maxRun": 1 }'))).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});
