import { expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { answerQuestion, resumeRun } from "../../src/workflows/resume-run.js";
import type { WorkflowResult } from "../../src/workflows/run/workflow-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { play } from "./play.js";

/** What users of other workflow engines reported, tried here. */

const ask = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: "human_approval",
  config: { approval_type: "custom_input", prompt: id, timeout_seconds: 0 },
  ...more,
});
const call = (id: string, inputs: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  id,
  type: "function",
  config: { function: "call" },
  inputs: { id, ...inputs },
  ...more,
});

/** Runs a workflow, and answers one question after the other, each in a run of its own. */
async function answered(
  steps: JsonValue,
  more: WorkflowServices = {},
): Promise<{ result: WorkflowResult; calls: string[]; asked: string[][] }> {
  const calls: string[] = [];
  const services: WorkflowServices = {
    functions: {
      call: ({ id, ...inputs }) => {
        calls.push(Object.keys(inputs).length > 0 ? `${id} ${JSON.stringify(inputs)}` : String(id));
        return `made ${id}`;
      },
    },
    ...more,
  };
  const engine = new MemoryEngine();
  const first = (await loadWorkflow({ name: "w", steps }, services)).run({ engine });
  let result = await first.result;
  const asked: string[][] = [];
  while (result.status === "waiting") {
    asked.push(result.questions.map(({ step }) => step));
    const [question] = result.questions;
    await answerQuestion(engine, first.runId, question?.id ?? "", `to ${question?.step}`);
    result = await (await resumeRun(engine, first.runId, services)).result;
  }
  return { result, calls, asked };
}

// mastra-ai/mastra#16476, #9288, #10746: parallel branches that wait are answered one by one; what is over stays over.
test("branches that wait side by side are each answered, and what ran does not run again", async () => {
  const steps = [
    {
      id: "both",
      type: "parallel",
      config: { branches: [[call("a"), ask("one"), call("b")], [ask("two")], [call("c")]] },
    },
    call("last", { one: { from_step: "both", field: "results" } }),
  ];
  const { calls, asked, result } = await answered(steps);
  expect(asked.map((questions) => questions.length)).toEqual([2, 1]);
  expect(calls.map((line) => line.split(" ")[0])).toEqual(["a", "c", "b", "last"]);
  expect(result.status).toBe("completed");
});

// mastra-ai/mastra#6065, #5650, langchain-ai/langgraphjs#1552: a workflow in a workflow that waited goes on where it was.
test("a workflow inside of one goes on at its question, and the next one begins afresh", async () => {
  const inner = (name: string) => ({
    name,
    steps: [call(`${name}_before`), ask(`${name}_ask`), call(`${name}_after`)],
  });
  const steps = [
    { id: "first", type: "workflow", config: { workflow: inner("x") } },
    { id: "second", type: "workflow", config: { workflow: inner("y") }, depends_on: ["first"] },
  ];
  const { calls, asked } = await answered(steps);
  expect(calls).toEqual(["x_before", "x_after", "y_before", "y_after"]);
  expect(asked.map((questions) => questions.length)).toEqual([1, 1]);
});

// langchain-ai/langgraph#7780, mastra-ai/mastra#16476: a question in a loop is asked once each round, and its answer is not reused.
test("a question in the body of a loop is another one for each item", async () => {
  const steps = [
    {
      id: "each",
      type: "loop",
      config: {
        loop_body: [
          call("before", { item: "$current_item" }),
          ask("ask"),
          call("after", { said: { from_step: "ask" } }),
        ],
      },
      inputs: { items_to_process: ["a", "b"] },
    },
  ];
  const { calls, asked } = await answered(steps);
  expect(asked).toEqual([["each[0]/ask"], ["each[1]/ask"]]);
  expect(calls).toEqual([
    'before {"item":"a"}',
    'after {"said":"to each[0]/ask"}',
    'before {"item":"b"}',
    'after {"said":"to each[1]/ask"}',
  ]);
});

// mastra-ai/mastra#24581: items that wait at once all ask at once, and the others are done meanwhile.
test("items that run at once ask at once", async () => {
  const steps = [
    {
      id: "each",
      type: "map",
      config: { concurrency: 2, loop_body: [call("before", { item: "$current_item" }), ask("ask")] },
      inputs: { items_to_process: ["a", "b", "c", "d"] },
    },
  ];
  const { calls, asked, result } = await answered(steps);
  expect(asked[0]).toHaveLength(4);
  expect(calls).toHaveLength(4);
  expect(result.results.each?.results).toEqual([0, 1, 2, 3].map((index) => `to each[${index}]/ask`));
});

// langchain-ai/langgraph#6542, #5952: questions of one step have ids of their own, and those that were answered are not asked again.
test("a way back asks again, under another id", async () => {
  const steps = [
    call("draft"),
    ask("review", { routes: { again: "draft", default: "done" }, max_iterations: 3 }),
    call("done", { said: { from_step: "review" } }),
  ];
  const engine = new MemoryEngine();
  const services: WorkflowServices = { functions: { call: () => "x" } };
  const run = (await loadWorkflow({ name: "w", steps }, services)).run({ engine });
  const ids: string[] = [];
  let result = await run.result;
  for (const answer of ["again", "again", "fine"]) {
    expect(result.questions).toHaveLength(1);
    ids.push(result.questions[0]?.id ?? "");
    await answerQuestion(engine, run.runId, ids.at(-1) ?? "", answer);
    result = await (await resumeRun(engine, run.runId, services)).result;
  }
  expect(new Set(ids).size).toBe(3);
  expect(result.status).toBe("completed");
});

// n8n-io/n8n#13121, #30810: the inner of two loops begins anew for each item of the outer one. #13023: what is after comes after.
test("a loop in a loop begins anew each time, and what comes after it waits for its end", async () => {
  const inner = {
    id: "inner",
    type: "loop",
    config: { loop_body: [call("do", { pair: "{outer}{current_item}" })] },
    inputs: { items_to_process: [1, 2] },
  };
  const calls: string[] = [];
  const steps = [
    {
      id: "outer",
      type: "loop",
      config: {
        loop_body: [
          { id: "outer_item", type: "input", config: { value: "$current_item" }, outputs: ["outer"] },
          inner,
          call("after_inner", { n: { from_step: "inner", field: "total_iterations" } }),
        ],
      },
      inputs: { items_to_process: ["a", "b"] },
    },
    call("end", { n: { from_step: "outer", field: "total_iterations" } }),
  ];
  await play(steps, {
    services: { functions: { call: ({ id, pair, n }) => calls.push(`${id} ${pair ?? n}`) } },
  });
  expect(calls).toEqual(["do a1", "do a2", "after_inner 2", "do b1", "do b2", "after_inner 2", "end 2"]);
});

// n8n-io/n8n#16302: of 1,383 items 1 to 8 were done.
test("all of 1,383 items are done", async () => {
  const items = Array.from({ length: 1_383 }, (_, index) => index);
  const body = [{ id: "x", type: "function", config: { function: "twice" }, inputs: { n: "$current_item" } }];
  const steps = [{ id: "each", type: "loop", config: { loop_body: body }, inputs: { items_to_process: items } }];
  const { results } = await play(steps, { services: { functions: { twice: ({ n }) => 2 * Number(n) } } });
  expect(results.each?.results).toEqual(items.map((n) => 2 * n));
});

// n8n-io/n8n#3029: joins of joins with branches run nothing of the other branch. #19240: an item's failure stays with its item.
test("joins of joins run one way alone, and an item that fails is said with its item", async () => {
  const branch = (id: string, way: string): JsonObject => ({
    id,
    type: "condition",
    config: { expression: way },
    routes: { true: `${id}_yes`, false: `${id}_no` },
  });
  const steps = [
    branch("one", "true"),
    call("one_yes"),
    call("one_no"),
    branch("two", "false"),
    call("two_yes"),
    call("two_no"),
    call("join", {
      a: { from_step: "one_yes", optional: true },
      b: { from_step: "one_no", optional: true },
      c: { from_step: "two_yes", optional: true },
      d: { from_step: "two_no", optional: true },
    }),
  ];
  const { calls } = await answered(steps);
  expect(calls.slice(0, -1).sort()).toEqual(["one_yes", "two_no"]);
  expect(calls.at(-1)).toBe('join {"a":"made one_yes","b":null,"c":null,"d":"made two_no"}');
  const each = {
    id: "each",
    type: "loop",
    config: {
      on_error: "continue",
      loop_body: [{ id: "w", type: "workflow", config: { workflow: "odd" }, inputs: { n: "$current_item" } }],
    },
    inputs: { items_to_process: [1, 2, 3] },
  };
  const odd = {
    inputs: ["n"],
    steps: [{ id: "x", type: "function", config: { function: "odd" }, inputs: { n: "$n" } }],
  };
  const { results } = await play([each], {
    services: {
      workflows: { odd },
      functions: {
        odd: ({ n }) => {
          if (Number(n) % 2 === 0) throw new Error(`${n} is even`);
          return n ?? null;
        },
      },
    },
  });
  const errors = results.each?.errors;
  expect(Array.isArray(errors) && errors.map((one) => isJsonObject(one) && one.failed_item)).toEqual([2]);
  expect(results.each?.results).toEqual([1, null, 3]);
});
