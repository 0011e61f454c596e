import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { made, output } from "./format-steps.js";
import { asking, play } from "./play.js";

describe("branches", () => {
  const router = (value: string, routes: JsonObject): JsonObject => ({ ...made("router", value), routes });
  const say = (id: string, more: JsonObject = {}): JsonObject => ({
    id,
    type: "llm_chat",
    inputs: { message: id },
    ...more,
  });
  const join = output({
    a: { from_step: "a", field: "response" },
    b: { from_step: "b", field: "response" },
  });

  test("exclude one another, and a step that reads them joins them", async () => {
    const { output: found, results } = await play([router("x", { x: "a", y: "b" }), say("a"), say("b"), join]);
    expect(found).toEqual({ a: "[a]", b: null });
    expect(Object.keys(results)).toEqual(["router", "a", "out"]);
  });

  test.each<[string, JsonValue, string]>([
    ["True and true", true, "yes"],
    ["any case", "TRUE ", "yes"],
    ["a sentence that names one", "I think false it is.", "no"],
    ["anything else", "perhaps", "other"],
  ])("a route by %s", async (_, value, taken) => {
    const routes = { True: "yes", false: "no", default: "other" };
    const steps = [{ ...made("router", value), routes }, say("yes"), say("no"), say("other")];
    const { results } = await play(steps);
    expect(Object.keys(results).slice(1)).toEqual([taken]);
  });

  test("a step between two branches belongs to the one before it", async () => {
    const steps = (value: string) => [
      router(value, { x: "a", y: "b" }),
      say("a"),
      say("a2"),
      say("b"),
      output({ x: 1 }),
    ];
    expect(Object.keys((await play(steps("x"))).results)).toEqual(["router", "a", "a2", "out"]);
    expect(Object.keys((await play(steps("y"))).results)).toEqual(["router", "b", "out"]);
  });

  test("end ends the run", async () => {
    const steps = [router("no", { yes: "a", no: "end" }), say("a"), output({ x: 1 })];
    const { results, output: found } = await play(steps);
    expect([Object.keys(results), found]).toEqual([["router"], "no"]);
  });

  test("next_step goes on past what stands between", async () => {
    const steps = [router("x", { x: "a", y: "b" }), say("a", { next_step: "end2" }), say("b"), say("end2")];
    expect(Object.keys((await play(steps)).results)).toEqual(["router", "a", "end2"]);
  });

  test.each<[JsonValue, boolean]>([
    ["score >= 3", true],
    ["score >= 3 and topic == 'water'", true],
    ["fire in topic", false],
    ["not (topic contains 'water')", false],
    ["topic == water", true],
    ["size(topic) > 3 && score < 10", true],
    ["score in [1, 5]", true],
    [{ if: "s > 3", s: { from_step: "score" } }, true],
    ["{{score}} < 2", false],
    ["$score == '5'", true],
  ])("a condition of a step: %j", async (condition, runs) => {
    const steps = [made("score", 5, ["score"]), made("topic", "Water", ["topic"]), say("a", { condition })];
    const topic = JSON.stringify(condition).includes("water'") || condition === "topic == water" ? "water" : "Water";
    const { results } = await play([steps[0] ?? null, made("topic", topic, ["topic"]), steps[2] ?? null]);
    expect("a" in results).toBe(runs);
  });

  test("else_step is taken where the condition does not hold", async () => {
    const steps = [
      made("score", 1, ["score"]),
      say("a", { condition: { if: "score > 3", then_step: "good", else_step: "bad" } }),
      say("good"),
      say("bad"),
    ];
    expect(Object.keys((await play(steps)).results)).toEqual(["score", "bad"]);
  });

  test.each<[JsonObject, string]>([
    [{ condition_type: "simple_comparison", left_value: 1, operator: "==", right_value: 2 }, "no"],
    [{ condition_type: "simple_comparison", left_value: "{score}", operator: ">=", right_value: 3 }, "yes"],
    [{ condition_type: "simple_comparison", left_value: "score", operator: ">", right_value: "3" }, "yes"],
    [{ condition_type: "field_value", field_to_check: "ok" }, "yes"],
    [{ expression: "score > 3 && ok" }, "yes"],
  ])("a condition step: %j", async (config, taken) => {
    const step = {
      id: "if",
      type: "condition",
      config,
      inputs: { score: "{score}", ok: true },
      routes: { true: "yes", false: "no" },
    };
    const { results } = await play([made("s", 5, ["score"]), step, say("yes"), say("no")]);
    expect(Object.keys(results)).toContain(taken);
    expect(Object.keys(results)).toHaveLength(3);
  });

  test("a model decides, and says so in its own words", async () => {
    const config = { condition_prompt: "Is it urgent?", route_options: ["urgent", "normal"] };
    const step = {
      id: "if",
      type: "condition",
      config,
      inputs: { mail: "Help!" },
      routes: { urgent: "a", normal: "b" },
    };
    const models = { "*": asking([], () => "This is urgent.") };
    expect(Object.keys((await play([step, say("a"), say("b")], { services: { models } })).results)).toEqual([
      "if",
      "a",
    ]);
    const unclear = { "*": asking([], () => "hm") };
    await expect(play([step, say("a"), say("b")], { services: { models: unclear } })).rejects.toThrow(/step if/);
  });
});

describe("loops", () => {
  test("a way back runs everything from there again, until it leads on", async () => {
    const steps = [
      {
        id: "draft",
        type: "function",
        config: { function: "draft" },
        inputs: { round: "$iteration_context.iteration_count", notes: { from_step: "judge", field: "notes" } },
      },
      {
        id: "judge",
        type: "function",
        config: { function: "judge" },
        inputs: { draft: { from_step: "draft" } },
        outputs: ["verdict", "notes"],
        routes: { again: "draft", good: "done" },
      },
      { id: "done", type: "output", inputs: { text: { from_step: "draft" } } },
      { id: "after", type: "function", config: { function: "after" }, inputs: { draft: { from_step: "draft" } } },
    ];
    const calls: string[] = [];
    const services = {
      functions: {
        draft: ({ round, notes }: JsonObject) => `draft ${round} (${notes})`,
        judge: ({ draft }: JsonObject) => ({
          verdict: String(draft).includes("3") ? "good" : "again",
          notes: `on ${draft}`,
        }),
        after: ({ draft }: JsonObject) => calls.push(String(draft)),
      },
    };
    const { output: found } = await play(steps, { services });
    expect(found).toEqual({ text: "draft 3 (on draft 2 (on draft 1 (null)))" });
    // What comes after the loop runs once, with its last result.
    expect(calls).toEqual(["draft 3 (on draft 2 (on draft 1 (null)))"]);
    await expect(play(steps, { services, config: { max_iterations: 2 } })).rejects.toThrow(
      /step draft#3 .*more than 2 rounds/,
    );
  });

  test.each(["loop", "map"])("%s runs its body for each item, in order, and leaves none out", async (type) => {
    const items = Array.from({ length: 25 }, (_, index) => index);
    const body = [
      {
        id: "double",
        type: "function",
        config: { function: "double" },
        inputs: { n: "$current_item", of: "$iteration_context.total_items" },
      },
    ];
    const steps = [
      made("list", items, ["items"]),
      {
        id: "each",
        type,
        config: { loop_body: body },
        inputs: { items_to_process: { from_step: "list", field: "items" } },
      },
      output({ all: { from_step: "each", field: "results" }, total: { from_step: "each", field: "total_iterations" } }),
    ];
    const services = { functions: { double: ({ n, of }: JsonObject) => Number(n) * 2 + (of === 25 ? 0 : 1) } };
    expect((await play(steps, { services })).output).toEqual({ all: items.map((n) => n * 2), total: 25 });
  });

  test("an item that fails ends a loop, or is left out where its author says so", async () => {
    const body = [{ id: "half", type: "function", config: { function: "half" }, inputs: { n: "$item" } }];
    const half = ({ n }: JsonObject) => {
      if (Number(n) % 2 === 1) throw new Error("odd");
      return Number(n) / 2;
    };
    const loop = (on_error: string): JsonObject => ({
      id: "each",
      type: "loop",
      config: { loop_body: body, on_error },
      inputs: { items: [2, 3, 4] },
    });
    await expect(play([loop("fail")], { services: { functions: { half } } })).rejects.toThrow(
      "step each[1]/half (function): odd",
    );
    const { results } = await play([loop("continue")], { services: { functions: { half } } });
    expect(results.each).toMatchObject({
      results: [1, null, 2],
      successful_iterations: 2,
      errors: [{ failed_item: 3 }],
    });
  });

  test("loop.over runs a step for each item", async () => {
    const step = {
      id: "a",
      type: "llm_chat",
      inputs: { message: "On {item}" },
      loop: { over: "{topics}" },
      outputs: ["texts"],
    };
    const { output: found } = await play([made("t", ["x", "y"], ["topics"]), step, output({ texts: "{texts}" })]);
    expect(found).toEqual({ texts: ["[On x]", "[On y]"] });
  });
});
