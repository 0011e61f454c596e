import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { made, output } from "./format-steps.js";
import { asking, play } from "./play.js";

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
