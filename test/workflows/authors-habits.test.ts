import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import { checkWorkflow, loadWorkflow } from "../../src/workflows/workflow.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-habits-"));
writeFileSync(join(folder, "report.md"), "# Sluices\n\nA sluice lets water through.\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Habit {
  about: string;
  document: JsonObject;
  inputs?: JsonObject;
  /** What the model says, in order; it fails where that begins with an exclamation mark. Then `A1`, `A2` … */
  says?: string[];
  /** What somebody who is asked answers. */
  answer?: JsonValue;
  output: JsonValue;
  prompts: string[];
}

/** Workflows as authors write them who are used to other formats; what comes out, and what the models were asked. */
const HABITS: Habit[] = JSON.parse(readFileSync(new URL("authors-habits.json", import.meta.url), "utf8"));

test.each(HABITS)("$about", async ({ document, inputs = {}, says = [], answer, output, prompts }) => {
  const asked: string[] = [];
  const model = defineModel({
    id: "m",
    capabilities: { tools: true, jsonSchema: true },
    stream({ messages }) {
      asked.push(messages.map(textOf).join(" | "));
      const said = says[asked.length - 1] ?? `A${asked.length}`;
      if (said.startsWith("!")) throw new Error(said.slice(1));
      return [said];
    },
  });
  const search = tool({ name: "search", input: { type: "object" }, run: () => "found" });
  const workflow = await loadWorkflow(document, { models: { "*": model }, tools: [search], folder });
  const onQuestion = async () => answer ?? null;
  const result = await workflow.run({ inputs, ...(answer !== undefined && { onQuestion }) }).result;
  expect(result.output).toEqual(output);
  expect(asked).toEqual(prompts);
});

test("what a request says may stand in the workflow, for the steps that say none", async () => {
  const asked: unknown[] = [];
  const model = defineModel({
    id: "m",
    stream({ temperature, maxTokens, seed }) {
      asked.push([temperature, maxTokens, seed]);
      return ["A"];
    },
  });
  const steps = [
    { id: "a", type: "llm_chat", inputs: { message: "x" } },
    { id: "b", type: "llm_chat", config: { temperature: 1, seed: null }, inputs: { message: "{a}" } },
  ];
  const document = { model: "mine", temperature: 0.2, config: { max_tokens: 50, seed: 7 }, steps };
  const workflow = await loadWorkflow(document, { models: { mine: model } });
  await workflow.run().result;
  expect(asked).toEqual([
    [0.2, 50, 7],
    [1, 50, undefined],
  ]);
  const { diagnostics } = await checkWorkflow({ ...document, temperature: "warm" }, { models: { mine: model } });
  expect(diagnostics).toMatchObject([{ severity: "error", path: "config.temperature" }]);
});

test("a workflow inside another one has its own settings, and those of the other that it does not name", async () => {
  const named = (id: string) =>
    defineModel({
      id,
      stream({ temperature, maxTokens, messages }) {
        return [[id, temperature, maxTokens, ...messages.map(textOf)].join(" ")];
      },
    });
  const step = { id: "c", type: "llm_chat", inputs: { message: "x" } };
  const inner = { config: { default_model: "b", temperature: 0.1 }, steps: [step] };
  const steps = [
    step,
    { id: "w", type: "workflow", config: { workflow: inner } },
    {
      id: "each",
      type: "loop",
      inputs: { items: [1] },
      config: { loop_body: [{ id: "i", type: "workflow", config: { workflow: inner } }] },
    },
    { id: "plain", type: "workflow", config: { workflow: { steps: [step] } } },
    { id: "o", type: "output", inputs: { outer: "{c}", inner: "{w}", looped: "{each}", plain: "{plain}" } },
  ];
  const config = { default_model: "a", temperature: 0.9, max_tokens: 5, system_message: "Be dry" };
  const workflow = await loadWorkflow({ config, steps }, { models: { a: named("a"), b: named("b") } });
  expect((await workflow.run().result).output).toEqual({
    outer: "a 0.9 5 Be dry x",
    inner: "b 0.1 5 x",
    looped: ["b 0.1 5 x"],
    plain: "a 0.9 5 x",
  });
});

test.each([
  ["n8n", { nodes: [{ name: "OpenAI", type: "n8n-nodes-base.openAi" }], connections: {} }],
  ["Dify", { graph: { nodes: [], edges: [] } }],
  ["Amazon States Language", { StartAt: "A", States: { A: { Type: "Succeed" } } }],
  ["GitHub Actions", { on: "push", jobs: { build: { steps: [] } } }],
])("a workflow of %s is refused by that name", async (name, document) => {
  const { diagnostics } = await checkWorkflow(document);
  expect(diagnostics).toMatchObject([
    { severity: "error", code: "wrong-kind", message: expect.stringContaining(name) },
  ]);
});

test.each(["transform", "code", "JavaScript"])(
  "a step of type %s is refused, and it is said what there is for it",
  async (type) => {
    const { diagnostics } = await checkWorkflow({ steps: [{ id: "a", type, code: "x" }] });
    expect(diagnostics).toMatchObject([
      { code: "unknown-step-type", suggestion: expect.stringContaining("a function step calls") },
    ]);
  },
);

test.each([
  ["question_classifier", "llm_structured"],
  ["Fetch", "http_request"],
  ["knowledge_retrieval", "memory_retrieve"],
  ["if_else", "condition"],
  ["email", "tool, function or http_request"],
])("a step of type %s of another program is refused with the type that there is for it", async (type, meant) => {
  const { diagnostics } = await checkWorkflow({ steps: [{ id: "a", type }] });
  expect(diagnostics).toMatchObject([{ suggestion: expect.stringContaining(`did you mean ${meant}?`) }]);
});

test("a name that a step does not make is refused in a template before anything runs", async () => {
  const steps = [
    { id: "a", type: "llm_chat", inputs: { message: "x" } },
    { id: "b", type: "llm_chat", inputs: { message: "About {a.respons}" } },
  ];
  const { diagnostics } = await checkWorkflow({ steps }, { model: defineModel({ id: "m", stream: () => ["x"] }) });
  expect(diagnostics).toMatchObject([
    { code: "unknown-output", path: "steps[1].inputs.message", suggestion: "did you mean response?" },
  ]);
});

test("a price is no place", async () => {
  const asked: string[] = [];
  const model = defineModel({
    id: "m",
    stream({ messages }) {
      asked.push(messages.map(textOf).join());
      return ["x"];
    },
  });
  const steps = [{ id: "a", type: "llm_chat", inputs: { message: "It costs $" + "{price}, or $5.00" } }];
  await (await loadWorkflow({ inputs: ["price"], steps }, { model })).run({ inputs: { price: 3 } }).result;
  expect(asked).toEqual(["It costs $3, or $5.00"]);
});

test("what an author writes costs what it is long, and is said once", async () => {
  const model = defineModel({ id: "m", stream: () => ["x"] });
  const cost = async (times: number) => {
    const steps = [
      { id: "a", type: "llm_chat", prompt: "x" },
      { id: "b", type: "llm_chat", prompt: "$a.b {a.b} {{a.b ${ {a:.".repeat(times) },
    ];
    const began = process.cpuUsage();
    const { diagnostics } = await checkWorkflow({ steps }, { model });
    const { user, system } = process.cpuUsage(began);
    expect(diagnostics.filter(({ code }) => code === "unknown-output")).toHaveLength(1);
    return user + system;
  };
  await cost(1_000);
  const [short, long] = [await cost(2_000), await cost(16_000)];
  expect(long).toBeLessThan(40 * short);
});
