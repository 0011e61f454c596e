import { expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { play } from "./play.js";

const call = (name: string, more: object = {}): JsonValue => ({
  id: name,
  type: "function",
  config: { function: name },
  ...more,
});
const reads = (...steps: string[]) => ({ inputs: Object.fromEntries(steps.map((id) => [id, { from_step: id }])) });

// inngest/inngest#4897: a sibling that was still running when another one's follower was found ran twice.
test("each step runs once while a slow sibling goes on", async () => {
  const ran: string[] = [];
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const functions = {
    a: () => ran.push("a"),
    b: () => {
      ran.push("b");
      release();
    },
    c: async () => {
      await slow;
      ran.push("c");
    },
    d: () => ran.push("d"),
  };
  await play([call("a"), call("c"), call("b", reads("a")), call("d", reads("b", "c"))], { services: { functions } });
  expect(ran).toEqual(["a", "b", "c", "d"]);
});

// PrefectHQ/prefect#7903, #10926: the time of a step counted from before it could begin; what came after ran nevertheless.
test("a step's time begins when it does, and nothing after it runs once it is over", async () => {
  const ran: string[] = [];
  const functions = {
    a: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
    b: () => ran.push("b"),
    late: (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    after: () => ran.push("after"),
  };
  let passed = 0;
  const clock = {
    now: () => 0,
    after: (_ms: number, run: () => void) => {
      passed++;
      queueMicrotask(run);
      return () => {};
    },
  };
  const steps = [call("a"), call("late", { ...reads("a"), timeout_seconds: 1 }), call("after", reads("late"))];
  await expect(play(steps, { services: { functions, clock } })).rejects.toMatchObject({ code: "total-timeout" });
  expect({ passed, ran }).toEqual({ passed: 1, ran: [] });
});

// apache/airflow#7885, #11768, #46297, #55187: what joins branches was skipped with the one that was not chosen.
test.each([
  ["a", { a: "A", b: null }],
  ["b", { a: null, b: "B" }],
])("what joins branches runs once the chosen one, %s, is over", async (choice, output) => {
  const functions = { choose: () => choice, a: () => "A", b: () => "B", deeper: ({ b }: { b?: unknown }) => b ?? null };
  const steps = [
    call("choose", { routes: { a: "a", b: "b" } }),
    call("a"),
    call("b"),
    call("deeper", reads("b")),
    {
      id: "join",
      type: "output",
      inputs: { a: { from_step: "a", optional: true }, b: { from_step: "b", optional: true } },
    },
  ];
  const result = await play(steps as JsonValue, { services: { functions } });
  expect(result.output).toEqual(output);
  expect("deeper" in result.results).toBe(choice === "b");
});
