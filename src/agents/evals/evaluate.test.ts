import { expect, test } from "vitest";
import { call } from "../../../test/support/tool-events.js";
import { scripted } from "../../models/scripted.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { signature } from "../signature/signature.js";
import { evaluate } from "./evaluate.js";
import { exact, fits, judge, trajectory } from "./scorers.js";

const named = (name: string) => tool({ name, input: { type: "object" }, run: () => name });

test("each case is scored by each scorer, and the report says which did not pass and why", async () => {
  const agent = new Agent({ model: scripted([["Paris "], ["Rome"]]) });
  const cases = [
    { input: "The capital of France?", expected: "Paris" },
    { name: "spain", input: "The capital of Spain?", expected: "Madrid" },
  ];
  const report = await evaluate(agent, cases, [exact(), fits({ type: "string", maxLength: 10 })], { concurrency: 1 });
  expect(report.passed).toBe(false);
  expect(report.means).toEqual({ exact: 0.5, schema: 1 });
  expect(String(report)).toBe(
    [
      "passed 1: exact 1, schema 1",
      "failed spain: exact 0 (expected Madrid, found Rome), schema 1",
      "1 of 2 passed; exact 0.5, schema 1",
    ].join("\n"),
  );
});

test("outputs are compared as a whole, and a run that fails has 0 and its error", async () => {
  const qa = signature("question -> answer, confidence: number");
  const model = scripted([['{"answer": "11 km", "confidence": 0.9}'], ["no JSON"]]);
  const cases = [
    { input: { question: "How deep?" }, expected: { answer: "11 km", confidence: 0.9 } },
    { input: { question: "How high?" }, expected: { answer: "8 km", confidence: 1 } },
  ];
  const report = await evaluate(new Agent({ model, signature: qa }), cases, [exact()], { concurrency: 1 });
  expect(report.results).toMatchObject([
    { passed: true, value: { answer: "11 km", confidence: 0.9 } },
    { passed: false, scores: { exact: { score: 0 } }, error: { code: "invalid-output" } },
  ]);
});

test.each([
  ["exact", ["find", "read", "find"], 1],
  ["exact", ["find", "find"], 0],
  ["in-order", ["find", "find"], 1],
  ["in-order", ["read", "find"], 1],
  ["in-order", ["read", "read"], 0.5],
  ["any-order", ["read", "find", "find"], 1],
  ["any-order", ["write", "read"], 0.5],
  ["any-order", [], 1],
] as const)("the calls of a run are compared %s with %j", async (match, wanted, score) => {
  const model = scripted([[call("1", "find")], [call("2", "read")], [call("3", "find")], ["done"]]);
  const agent = new Agent({ model, tools: [named("find"), named("read")] });
  const report = await evaluate(agent, [{ input: "Go.", trajectory: wanted }], [trajectory(match)]);
  expect(report.results[0]?.scores.trajectory?.score).toBe(score);
});

test("a judge is a model that is given the answer as data, and whose grade counts against the threshold", async () => {
  const judging = scripted([['{"reason": "It names none.", "score": 0.4}'], ['{"reason": "It does.", "score": 0.8}']]);
  const agent = new Agent({ model: scripted([["It is so."], ["Ada says so."]]) });
  const cases = [{ input: "Why?" }, { input: "Who says so?" }];
  const scorers = [judge(judging, "It names a source.")];
  const report = await evaluate(agent, cases, scorers, { concurrency: 1, threshold: 0.7 });
  expect(report.results.map(({ passed, scores }) => [passed, scores.judge?.reason])).toEqual([
    [false, "It names none."],
    [true, "It does."],
  ]);
  const asked = JSON.stringify(judging.requests[0]?.messages);
  expect(asked).toContain("It names a source.");
  expect(asked).toContain("It is so.");
});

test("what cannot be scored fails the evaluation, and what is misspelt is refused", async () => {
  const agent = new Agent({ model: scripted([["a"], ["b"]]) });
  const cases = [{ input: "?" }];
  await expect(evaluate(agent, cases, [exact()])).rejects.toMatchObject({ code: "invalid-argument" });
  const odd = { name: "odd", score: () => ({ score: 2 }) };
  await expect(evaluate(agent, cases, [odd])).rejects.toThrow("a number from 0 to 1");
  await expect(evaluate(agent, [], [odd])).rejects.toThrow("at least a case");
  await expect(evaluate(agent, cases, [odd, odd])).rejects.toThrow("a name of its own");
  await expect(evaluate(agent, cases, [odd], { treshold: 1 } as never)).rejects.toThrow("did you mean threshold?");
  expect(() => trajectory("ordered" as never)).toThrow("in-order");
  expect(() => judge(scripted([]), " ")).toThrow("criterion");
});

test("an evaluation that is stopped ends with that", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const agent = new Agent({ model: scripted([["a"]]) });
  await expect(evaluate(agent, [{ input: "?" }], [trajectory()], { signal })).rejects.toMatchObject({
    code: "cancelled",
  });
});
