import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import type { WorkflowRunOptions } from "../../src/workflows/run/start-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import type { WorkflowModelOptions } from "../../src/workflows/workflow-model.js";
import { asking, play, problems } from "./play.js";

const made = (id: string, value: JsonValue, outputs: string[] = []): JsonObject => ({
  id,
  type: "input",
  config: { value },
  outputs,
});
const output = (inputs: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: "out",
  type: "output",
  inputs,
  ...more,
});

describe("references", () => {
  const user = made("user", { name: "Ada", tags: ["a", "b"] }, ["user"]);

  test.each<[string, JsonValue, JsonValue]>([
    ["a field", { from_step: "user", field: "name" }, "Ada"],
    ["a path", { from_step: "user", field: "user.tags[1]" }, "b"],
    ["no field: the main result", { from_step: "user" }, { name: "Ada", tags: ["a", "b"] }],
    ["inside objects and lists", { all: [{ from_step: "user", field: "name" }] }, { all: ["Ada"] }],
    ["a template of one place keeps the value's kind", "{user}", { name: "Ada", tags: ["a", "b"] }],
    ["a template", "Hello {{ name }}, {{tags.0}}", "Hello Ada, a"],
    ["a template object", { template: "Hi {who}!", who: { from_step: "user", field: "name" } }, "Hi Ada!"],
    ["a bare step", "user", { name: "Ada", tags: ["a", "b"] }],
    ["a step and its output", "user.name", "Ada"],
    ["a template with a step's output", "<{user.name}>", "<Ada>"],
    ["all steps", "<{{ steps.user.name }}>", "<Ada>"],
    ["filters", "{{ name | upcase }}", "ADA"],
    ["tags", "{% for tag in tags %}{{ tag }};{% endfor %}", "a;b;"],
    ["a variable", "$topic", "sluices"],
    ["a variable in a template", "On {topic}", "On sluices"],
    ["money is money", "$5.00", "$5.00"],
    ["JSON is no template", 'Say {"a": 1}', 'Say {"a": 1}'],
    ["a default", { from_step: "user", field: "age", default: 36, optional: true }, 36],
    ["optional and missing", { from_step: "user", field: "age", optional: true }, null],
  ])("%s", async (_, value, expected) => {
    const { output: found } = await play([{ ...user, outputs: ["name", "tags", "user"] }, output({ value })], {
      variables: { topic: "sluices" },
    });
    expect(found).toEqual(
      typeof expected === "string" && typeof value === "string" ? { value: expected } : { value: expected },
    );
  });

  test("what a value holds is never read as a template", async () => {
    const step = { id: "a", type: "function", config: { function: "say" }, outputs: ["text"] };
    const { output: found } = await play([step, output({ value: "<{text}>" })], {
      variables: { topic: "secret" },
      services: { functions: { say: () => "{topic} {{ topic }}" } },
    });
    expect(found).toEqual({ value: "<{topic} {{ topic }}>" });
  });

  test("an output of its author's own name is the step's main result", async () => {
    const steps = [
      { id: "a", type: "llm_chat", inputs: { message: "Hi" }, outputs: ["greeting"] },
      output({ x: "{greeting}" }),
    ];
    expect((await play(steps)).output).toEqual({ x: "[Hi]" });
  });

  test("a name that means nothing is an input of the run", async () => {
    const steps = [{ id: "a", type: "llm_chat", inputs: { message: "About {subject}" } }];
    const workflow = await loadWorkflow({ steps }, { models: { "*": asking() } });
    expect(workflow.inputs).toMatchObject([{ name: "subject", required: true }]);
    expect(() => workflow.run()).toThrow(/needs inputs: subject \(used at steps\[0\]\.inputs\.message\)/);
    expect(() => workflow.run({ inputs: { subjct: "x", subject: "y" } })).toThrow(
      /inputs\.subjct.*did you mean subject/,
    );
    expect((await workflow.run({ inputs: { subject: "x" } }).result).output).toBe("[About x]");
  });

  test("json_props are filled in and reach the message", async () => {
    const asked: string[] = [];
    const step = {
      id: "a",
      type: "llm_chat",
      inputs: { message: "Use {{shape}}", who: "Ada" },
      json_props: { shape: { structure: { name: "{{who}}", age: "{{age}}" }, variables: { age: 36 } } },
    };
    await play([step], { services: { models: { "*": asking(asked) } } });
    expect(JSON.parse(asked[0]?.slice(4) ?? "")).toEqual({ name: "Ada", age: 36 });
  });
});

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

describe("failures", () => {
  const bad = { id: "bad", type: "function", config: { function: "bad" } };
  const functions = {
    bad: () => {
      throw new Error("broken");
    },
  };

  test("continue with a value", async () => {
    const steps = [
      { ...bad, on_error: { action: "continue", default: "none" } },
      output({ x: { from_step: "bad" }, why: { from_step: "bad", field: "error" } }),
    ];
    const { output: found } = await play(steps, { services: { functions } });
    expect(found).toEqual({ x: "none", why: "step bad (function): broken" });
  });

  test("go to another step, which can say why", async () => {
    const steps = [
      { ...bad, on_error: "rescue" },
      { id: "use", type: "llm_chat", inputs: { message: { from_step: "bad" } } },
      { id: "rescue", type: "output", inputs: { why: { from_step: "bad", field: "error" } } },
    ];
    const { output: found, results } = await play(steps, { services: { functions } });
    expect(found).toEqual({ why: "step bad (function): broken" });
    expect(Object.keys(results)).not.toContain("use");
  });

  test("tried again, and timed out", async () => {
    let tries = 0;
    const later = {
      flaky: () => {
        if (++tries < 3) throw new Error("not yet");
        return tries;
      },
      hangs: () => new Promise(() => {}),
    };
    const flaky = {
      id: "a",
      type: "function",
      config: { function: "flaky" },
      retry: { attempts: 3, delay_seconds: 0 },
    };
    expect((await play([flaky], { services: { functions: later } })).output).toBe(3);
    const hangs = { id: "b", type: "function", config: { function: "hangs" }, timeout_seconds: 0.001 };
    await expect(play([hangs], { services: { functions: later } })).rejects.toMatchObject({ code: "total-timeout" });
  });
});

describe("what is wrong is said at once, each with its place", () => {
  test("all of it", async () => {
    const found = await problems([
      { id: "a", type: "llm_chat", inputs: { message: { from_step: "b", field: "respons" } } },
      { id: "b", type: "llm_chat", inputs: { message: { from_step: "a" } } },
      { id: "a", type: "input" },
      { id: "c", type: "llm_structured", config: { response_schema: "classificaton" }, inputs: { message: "x" } },
      { id: "d", type: "condition", config: { operator: "=>" }, routes: { true: "e" } },
      { id: "f", type: "tts", config: { speed: 9 }, inputs: { text: "x" } },
      { id: "g", type: "http_request", config: { method: "FETCH" }, inputs: {} },
      { id: "h", type: "llm_chat", condition: "score >", inputs: { message: "{% for %}" } },
    ]);
    const lines = found.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        "error unknown-output steps[0].inputs.message.field",
        "error duplicate-id steps[2].id",
        "error wrong-kind steps[3]",
        "error wrong-kind steps[4]",
        "error unknown-route steps[4].routes.true",
        "error wrong-kind steps[5].config.speed",
        "error missing-field steps[6].inputs.url",
        "error wrong-kind steps[6]",
        "error bad-condition steps[7].condition",
        "error bad-template steps[7].inputs.message",
      ]),
    );
  });

  test("each with a place, a reason and what to do about it", async () => {
    const step = (more: JsonObject): JsonObject => ({ id: "a", type: "llm_chat", inputs: { message: "x" }, ...more });
    const wrong: JsonValue[] = [
      step({ retry: "many" }),
      step({ timeout_seconds: -1 }),
      step({ max_iterations: "x" }),
      step({ depends_on: ["b", 5] }),
      step({ on_error: "nowhere" }),
      step({ on_error: { action: "perhaps" } }),
      step({ loop: 5 }),
      step({ loop: { over: ["a"], body: "x" } }),
      step({ stream_buffer: { forward_on: "sentense" } }),
      step({ stream_buffer: { word_count: -1 } }),
      step({ condition: 5 }),
      step({ condition: "a >>> 3 &&" }),
      step({ routes: "b" }),
      step({ routes: { yes: 5 } }),
      step({ next_step: "b" }),
      step({ inputs: { message: "{% for x in y %}" } }),
      step({ inputs: { message: { from_step: "b" } } }),
      step({ inputs: 5 }),
      step({ inputs: [7] }),
      step({ outputs: 5 }),
      step({ outputs: [1] }),
      step({ config: [] }),
      step({ config: { temperature: "hot" } }),
      step({ config: { temprature: 1 } }),
      step({ confg: {} }),
      step({ prompt_ref: {} }),
      step({ type: "llmchat" }),
      { id: "a" },
      { id: "a/b", type: "output" },
      { id: "f", type: "file_output", config: { file_path: "x", format: "jsn" }, inputs: { content: "x" } },
      { id: "l", type: "loop", config: { loop_body: "a" }, inputs: { items: [] } },
      7,
      "a",
    ];
    for (const one of wrong) {
      const errors = (await problems([one])).filter(({ severity }) => severity === "error");
      expect(errors, JSON.stringify(one)).not.toEqual([]);
      for (const error of errors) {
        expect(error).toMatchObject({
          path: expect.stringMatching(/^steps\[0\]/),
          message: expect.stringMatching(/.{8}/),
        });
        expect(error.suggestion, JSON.stringify(error)).toMatch(/.{8}/);
      }
    }
    const all = (await problems(wrong)).filter(({ severity }) => severity === "error");
    expect(new Set(all.map(({ path }) => /\d+/.exec(path)?.[0])).size).toBe(wrong.length);
  });

  test("options that are misspelt or of another kind", async () => {
    const steps = [{ id: "a", type: "output", inputs: { x: 1 } }];
    const load = (options: object) => loadWorkflow({ steps }, options as WorkflowServices);
    await expect(load({ folders: "/" })).rejects.toThrow(/options\.folders: found "\/"/);
    await expect(load({ allowPython: true })).rejects.toThrow(/options\.allowPython.*no such field/);
    await expect(load({ http: { allowPrivat: true } })).rejects.toThrow(/http\.allowPrivat/);
    await expect(load({ model: "openai/gpt-5" })).rejects.toThrow(/a chat model/);
    const workflow = await loadWorkflow({ steps });
    expect(() => workflow.run({ input: {} } as WorkflowRunOptions)).toThrow(/options\.input.*no such field/);
    expect(() => workflow.asModel({ name: "x" } as WorkflowModelOptions)).toThrow(/options\.name.*no such field/);
  });

  test("a circle that is no loop", async () => {
    const step = (id: string, reads: string) => ({ id, type: "llm_chat", inputs: { message: { from_step: reads } } });
    expect(await problems([step("a", "b"), step("b", "c"), step("c", "a")])).toMatchObject([
      {
        code: "cycle",
        message: expect.stringMatching(/a → c → b → a$/),
      },
    ]);
  });

  test("what a branch may not have made", async () => {
    const steps = [
      { ...made("r", "x"), routes: { x: "a", y: "b" } },
      { id: "a", type: "llm_chat", inputs: { message: "x" } },
      { id: "b", type: "llm_chat", inputs: { message: "x" } },
      { id: "c", type: "llm_chat", inputs: { message: { from_step: "a" } } },
    ];
    expect(await problems(steps)).toMatchObject([{ severity: "warning", code: "may-be-skipped", step: "c" }]);
  });

  test("comments, trailing commas and YAML are read", async () => {
    const json =
      '{\n  // a note\n  "name": "x", /* "y" */\n  "steps": [{"id": "a", "type": "output", "inputs": {"url": "http://x//y"},},],\n}';
    const { output: found } = await (await loadWorkflow(json)).run().result;
    expect(found).toEqual({ url: "http://x//y" });
    const yaml = "name: y\nsteps:\n  - id: a\n    type: output\n    inputs: { x: 1 }\n";
    expect((await (await loadWorkflow(yaml)).run().result).output).toEqual({ x: 1 });
    await expect(loadWorkflow("{nonsense")).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
