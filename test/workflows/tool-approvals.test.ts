import { expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import { tool } from "../../src/tools/tool.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { answerQuestion, resumeRun } from "../../src/workflows/resume-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { collect } from "../support/collect.js";

const DOCUMENT = {
  name: "pay",
  steps: [
    { id: "pay", type: "tool_call", config: { tools: ["look", "pay"] }, inputs: { message: "Pay Ann 5" } },
    {
      id: "end",
      type: "output",
      inputs: { said: { from_step: "pay" }, made: { from_step: "pay", field: "tool_results" } },
    },
  ],
};

/** The model looks, then pays, which needs approval, then says what it did. */
function paying() {
  const ran: unknown[] = [];
  const object = { type: "object", properties: {} };
  const model = scripted([
    [{ type: "tool-call", callId: "a", name: "look", input: {} }],
    [{ type: "tool-call", callId: "b", name: "pay", input: { amount: 5 } }],
    ["Done."],
  ]);
  const services: WorkflowServices = {
    model,
    tools: [
      tool({ name: "look", input: object, run: () => ran.push("look") }),
      tool({
        name: "pay",
        input: { type: "object", properties: { amount: { type: "number" } } },
        approval: true,
        run: (input) => {
          ran.push(input);
          return "paid";
        },
      }),
    ],
  };
  return { model, services, ran };
}

test.each<[answer: JsonValue, ran: unknown[], result: object]>([
  ["approve", ["look", { amount: 5 }], { tool_call_id: "b", name: "pay", result: "paid" }],
  [{ decision: "approve", input: { amount: 3 } }, ["look", { amount: 3 }], { tool_call_id: "b", name: "pay" }],
  [{ decision: "reject", feedback: "not today" }, ["look"], { tool_call_id: "b", name: "pay" }],
])("a tool that needs approval waits for it across runs of the step: %j", async (answer, ran, result) => {
  const { model, services, ran: calls } = paying();
  const engine = new MemoryEngine();
  const waiting = await (await loadWorkflow(DOCUMENT, services)).run({ engine }).result;
  expect(waiting).toMatchObject({
    status: "waiting",
    questions: [{ step: "pay", message: "May pay run?", shown: { tool: "pay", input: { amount: 5 } } }],
  });
  expect(calls).toEqual(["look"]);
  await answerQuestion(engine, waiting.runId, waiting.questions[0]?.id ?? "", answer);
  const resumed = await resumeRun(engine, waiting.runId, services);
  // What was said before the question is not void.
  const inner = (await collect(resumed.stream)).flatMap((event) => (event.type === "nested" ? [event] : []));
  expect(inner.map(({ event }) => event.type)).not.toContain("retract");
  expect(inner[0]).toMatchObject({ attempt: 2, event: { type: "start" } });
  const { output } = await resumed.result;
  expect(calls).toEqual(ran);
  expect(output).toMatchObject({ said: "Done.", made: expect.arrayContaining([expect.objectContaining(result)]) });
  expect(model.requests).toHaveLength(3);
});

test.each<[answer: JsonValue, ran: unknown[], result: object]>([
  ["approve", [{ amount: 5 }], { status: "completed", output: "paid 5" }],
  [{ decision: "approve", input: { amount: 3 } }, [{ amount: 3 }], { status: "completed", output: "paid 3" }],
  [{ decision: "reject", feedback: "not today" }, [], { code: "tool-failed", message: /not today/ }],
])("a tool step asks no model, waits for its approval and calls the tool once: %j", async (answer, ran, result) => {
  const calls: unknown[] = [];
  const pay = tool({
    name: "pay",
    input: { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] },
    approval: true,
    run: (input) => {
      calls.push(input);
      return `paid ${Object(input).amount}`;
    },
  });
  const services = { tools: [pay] };
  const engine = new MemoryEngine();
  const steps = [{ id: "pay", type: "tool", config: { tool: "pay" }, inputs: { amount: "{sum}" } }];
  const waiting = await (await loadWorkflow({ steps }, services)).run({ engine, inputs: { sum: 5 } }).result;
  expect(waiting).toMatchObject({ status: "waiting", questions: [{ shown: { tool: "pay", input: { amount: 5 } } }] });
  await answerQuestion(engine, waiting.runId, waiting.questions[0]?.id ?? "", answer);
  const ended = await (await resumeRun(engine, waiting.runId, services)).result.catch((thrown: unknown) => thrown);
  const { message, ...rest } = { message: /./, ...result };
  expect(ended).toMatchObject(rest);
  if (ended instanceof Error) expect(ended.message).toMatch(message);
  expect(calls).toEqual(ran);
});

test("a tool step whose arguments do not fit, or whose tool fails or is unknown, fails", async () => {
  const input = { type: "object", properties: { n: { type: "number" } } };
  const boom = tool({
    name: "boom",
    input,
    run: () => {
      throw new Error("too far");
    },
  });
  const failing = async (config: { tool: string }, inputs = {}) => {
    const workflow = await loadWorkflow({ steps: [{ id: "a", type: "tool", config, inputs }] }, { tools: [boom] });
    return workflow.run().result;
  };
  await expect(failing({ tool: "boom" })).rejects.toMatchObject({ code: "tool-failed", message: /boom: too far/ });
  await expect(failing({ tool: "boom" }, { n: "x" })).rejects.toMatchObject({
    code: "tool-failed",
    message: /n: found "x"/,
  });
  await expect(failing({ tool: "bom" })).rejects.toMatchObject({ code: "not-found", message: /did you mean boom/ });
});

test("somebody who is there is asked while the run goes on", async () => {
  const { services, ran } = paying();
  const run = (await loadWorkflow(DOCUMENT, services)).run({ onQuestion: async () => ({ decision: "approve" }) });
  expect((await run.result).output).toMatchObject({ said: "Done." });
  expect(ran).toEqual(["look", { amount: 5 }]);
});
