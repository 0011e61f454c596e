import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import type { WorkflowRunOptions } from "../../src/workflows/run/start-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import type { WorkflowModelOptions } from "../../src/workflows/workflow-model.js";
import { made, output } from "./format-steps.js";
import { play, problems } from "./play.js";

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
