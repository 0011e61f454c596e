import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import { openDriver } from "../../src/sqlite/open-driver.js";
import { EmbeddedEngine } from "../../src/workflows/engines/embedded-engine.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { failure } from "../support/failure.js";
import { play } from "./play.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-foreign-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user's own function or object may return that is of no use. */
const USELESS = [5, "x", {}, [5]];
const none = (value: unknown) => value as never;

test.each<[what: string, step: JsonValue, services: (found: unknown) => WorkflowServices, field: string]>([
  [
    "a resolver's model",
    { type: "llm_chat", inputs: { message: "x" } },
    (found) => ({ models: () => none(found) }),
    "models",
  ],
  [
    "a model's answer",
    { type: "llm_chat", inputs: { message: "x" } },
    (found) => ({ model: { id: "own", stream: () => none(found) }, models: {} }),
    "the answer of",
  ],
  [
    "what a memory found",
    { type: "memory_retrieve", inputs: { query: "x" } },
    (found) => ({ memory: { search: async () => none(found), store: async () => [] } }),
    "memory.search()",
  ],
  [
    "what a memory kept",
    { type: "memory_store", inputs: { content: "x" } },
    (found) => ({ memory: { search: async () => [], store: async () => none(found) } }),
    "memory.store()",
  ],
  [
    "a prompt of a library",
    { type: "llm_chat", prompt_ref: { prompt_id: "p" } },
    (found) => ({ prompts: { render: async () => none(found) } }),
    "prompts.render()",
  ],
  [
    "the messages of a prompt",
    { type: "llm_chat", prompt_ref: { prompt_id: "p" } },
    (found) => ({ prompts: { render: async () => ({ id: "p", version: "1", messages: [none(found)] }) } }),
    "messages",
  ],
])("%s that is none is refused with its name", async (_, step, services, field) => {
  for (const found of USELESS) {
    const running = play([{ id: "a", ...(step as object) }], { services: services(found) });
    const error = await failure(running);
    // A model that is not there may be there on the machine that runs it.
    expect(["invalid-argument", "missing-key"], String(error)).toContain(error.code);
    expect(error.message).toContain(field);
    expect(error.message).not.toContain("is not a function");
  }
});

test("the results of a step type of one's own are an object, and a type that is half one is refused before it runs", async () => {
  const type = { type: "own", about: "Does it.", results: { out: "It." }, main: "out", run: () => none(5) };
  expect(await failure(play([{ id: "a", type: "own" }], { services: { stepTypes: [none(type)] } }))).toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining("the results of a step of type own: found 5"),
  });
  for (const name of ["type", "about", "results", "main", "run"]) {
    const { [name as "type"]: _, ...half } = type;
    const loading = loadWorkflow({ steps: [] }, { stepTypes: [none(half)] });
    expect(await failure(loading), name).toMatchObject({ code: "invalid-argument" });
    expect((await failure(loading)).message).toContain("stepTypes[0]");
  }
});

test("a run whose rows another program has changed is refused with what is wrong of it", async () => {
  const path = join(folder, "runs.db");
  const engine = await EmbeddedEngine.open(path);
  const workflow = await loadWorkflow(
    {
      steps: [
        { id: "a", type: "llm_chat", inputs: { message: "x" } },
        { id: "ok", type: "human_approval" },
      ],
    },
    { model: scripted([["one"]]) },
  );
  await workflow.run({ engine, runId: "r" }).result.catch(() => {});
  const driver = await openDriver({ path, readOnly: false, uri: false });
  const set = (table: string, column: string, value: string, where = "1") =>
    driver.exec(`UPDATE ${table} SET ${column} = '${value}' WHERE ${where}`);
  const [before] = await driver.all<Record<string, string>>(
    "SELECT runs.*, inputs, document FROM runs JOIN run_documents USING (id)",
    [],
  );
  const cases: [table: string, column: string, useless: string[]][] = [
    ["runs", "status", ["done", ""]],
    ["runs", "questions", ["", "{}", "null", "[1]", '[{"id":1}]']],
    ["run_documents", "inputs", ["{", "[]", "null"]],
    ["run_documents", "document", ["{", "[]", "null"]],
  ];
  for (const [table, column, useless] of cases) {
    for (const value of useless) {
      await set(table, column, value);
      for (const use of [engine.show("r"), engine.list(), engine.answer("r", "q", true)]) {
        expect(await failure(use), `${column} ${value}`).toMatchObject({
          code: "store-failed",
          message: expect.stringContaining(`the run r cannot be read: ${column}`),
        });
      }
    }
    await set(table, column, String(before?.[column]).replaceAll("'", "''"));
  }
  for (const value of ["{", "null", "[]", "{}", '{"key":"a","status":"done","results":{},"usage":{}}']) {
    await set("run_entries", "body", value, "kind = 'steps'");
    for (const use of [() => engine.show("r"), () => engine.resume("r")])
      expect(await failure(use()), value).toMatchObject({
        code: "store-failed",
        message: expect.stringContaining("the run r cannot be read: step a"),
      });
  }
  for (const value of ["{", "1", "{}"]) {
    await set("runs", "holder", value);
    expect(await failure(engine.resume("r")), value).toMatchObject({ code: "store-failed" });
  }
  await driver.close();
  await engine.close();
});

test.each<[what: string, returned: unknown, said: string]>([
  ["a map", new Map([["a", 1]]), "an object of type Map"],
  ["a set within", { all: new Set([1]) }, 'an object of type Set in "all"'],
  ["bytes", new Uint8Array(2), "bytes: encode them"],
  ["an error", new Error("no"), "an object of type Error"],
  ["no number", Number.NaN, "NaN"],
])("%s that a function returns is refused in place of being emptied", async (_, returned, said) => {
  const steps = [{ id: "a", type: "function", config: { function: "own" } }];
  const workflow = await loadWorkflow({ steps }, { functions: { own: () => returned } });
  await expect(workflow.run().result).rejects.toMatchObject({
    code: "tool-failed",
    message: expect.stringContaining(`own returned what JSON cannot carry: ${said}`),
  });
});
