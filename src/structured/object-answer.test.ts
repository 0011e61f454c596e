import { describe, expect, it } from "vitest";
import { z } from "zod";
import { answering } from "../../test/support/answering-model.js";
import { collect } from "../../test/support/collect.js";
import { failure } from "../../test/support/failure.js";
import type { JsonValue } from "../base/json.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import { object } from "./object.js";
import type { ObjectMode } from "./object-mode.js";

const Recipe = z.object({ title: z.string(), steps: z.array(z.string()) });
const RECIPE = { title: "Pan\u2019cakes 🥞", steps: ["mix", "fry", "eat"] };

describe("an answer that is no value", () => {
  const ask = (script: readonly ScriptLine[], mode: ObjectMode = "json-schema") =>
    object(scripted([script]), Recipe, "Go", { mode });
  const finish = (reason: "length" | "content-filter" | "refusal" | "stop"): ChatEvent => ({
    type: "finish",
    reason,
    usage: { outputTokens: 7 },
  });

  it("that ends at its token limit says what there was of it", async () => {
    const result = ask(['{"title":"x","steps":["a","b', finish("length")]);
    expect(await collect(result.partials).catch((error: SluiceError) => error.code)).toBe("incomplete-output");
    const error = await failure(result.object);
    expect(error.message).toMatch(
      /^the model stopped \(length\) before its JSON was complete: not JSON at character 28/,
    );
    expect(error.output).toMatchObject({
      value: { title: "x", steps: ["a", "b"] },
      text: '{"title":"x","steps":["a","b',
    });
    expect(await result.stream.usage).toEqual({ outputTokens: 7 });
  });

  it.each([
    [
      [{ type: "text-delta", text: "I can't help.", refusal: true }, finish("refusal")],
      "the model declined: I can't help.",
    ],
    [[{ type: "text-delta", text: "No.", refusal: true }, finish("stop")], "the model declined: No."],
    [['{"title":"x"', finish("content-filter")], "the provider's filter cut the answer"],
  ] as [ScriptLine[], string][])("that is refused says so: %j", async (script, message) => {
    const error = await failure(ask(script).object);
    expect([error.code, error.message]).toEqual(["refused", message]);
  });

  it("that is no JSON says where, and its stream goes on to its end", async () => {
    const result = ask(['{"title":', "oops}", " and more"]);
    const text = (await collect(result.stream)).flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
    expect(text.join("")).toBe('{"title":oops} and more');
    const error = await failure(result.object);
    expect(error).toMatchObject({
      code: "invalid-output",
      field: "title",
      output: { text: '{"title":oops} and more', value: {} },
    });
  });

  it("that does not call the tool has the output in its error", async () => {
    const error = await failure(ask(["I would", " rather talk."], "tool").object);
    expect(error).toMatchObject({ code: "invalid-output", message: "the model did not call answer" });
    expect(error.output?.text).toBe("I would rather talk.");
  });

  it("whose call has no JSON says where", async () => {
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "answer", input: '{"title"', invalid: true };
    expect((await failure(ask([call], "tool").object)).message).toContain("character 8");
  });

  it.each([[[]], [["There is ", "no JSON here."]]])("that holds no JSON says so: %j", async (lines) => {
    const error = await failure(ask(lines, "instructions").object);
    expect(error).toMatchObject({ code: "invalid-output", message: "the answer holds no JSON" });
    expect(error.output).toMatchObject({ text: lines.join("") });
  });

  it("that ends at a limit before its JSON begins is not complete", async () => {
    const lines: ScriptLine[] = ["Well,", { type: "finish", reason: "length", usage: {} }];
    expect(await failure(ask(lines, "instructions").object)).toMatchObject({ code: "incomplete-output" });
  });

  it("that breaks off keeps the stream's own error, with what there was", async () => {
    const result = ask(['{"title":"x', { throw: new SluiceError("truncated", "cut", { retryable: true }) }]);
    const error = await failure(collect(result.partials));
    expect(error).toMatchObject({ code: "truncated", retryable: true, output: { value: { title: "x" } } });
    expect(error.partial?.text).toBe('{"title":"x');
    expect(await failure(result.object)).toBe(error);
  });

  it("that its schema throws at is not valid", async () => {
    const schema = z.string().transform((text) => JSON.parse(text));
    const error = await failure(object(answering('"no json"'), schema, "Go", { jsonSchema: {} }).object);
    expect([error.code, error.cause]).toEqual(["invalid-output", expect.any(SyntaxError)]);
  });

  it("ends whatever reads it with the error", async () => {
    const wrong = () => ask(['{"title":1}']);
    for (const reading of [
      collect(wrong().partials),
      collect(wrong().text),
      collect(wrong().elements("steps")),
      collect(wrong().textOf("title")),
    ]) {
      expect((await failure(reading)).code).toBe("invalid-output");
    }
  });
});

describe("repair", () => {
  const usage = { inputTokens: 10, outputTokens: 2 };
  const bad = ['{"title":"x",', '"steps":["a",1]}', { type: "usage", usage }] satisfies ScriptLine[];
  const good = ['{"title":"y",', '"steps":["c"]}', { type: "usage", usage }] satisfies ScriptLine[];

  it("asks once more, says so, and counts both answers", async () => {
    const model = scripted([bad, good]);
    const result = object(model, Recipe, "Go", { mode: "json-schema", repair: true });
    const events = await collect(result.stream);
    expect(await result.object).toEqual({ title: "y", steps: ["c"] });
    expect(result.repair).toMatchObject({ code: "invalid-output", field: "steps[1]" });
    expect(await result.stream.usage).toEqual({ inputTokens: 20, outputTokens: 4 });
    expect(await result.stream.fullText).toBe('{"title":"y","steps":["c"]}');
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(events.find(({ type }) => type === "retract")).toMatchObject({
      reason: expect.stringMatching(/^the answer was not valid, and the model is asked once more: .*steps\[1\]/),
    });
    expect(model.requests[1]?.messages.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "text", text: '{"title":"x","steps":["a",1]}' }] },
      { role: "user", content: expect.stringMatching(/^This is not a valid answer: .*steps\[1\]/) },
    ]);
    expect(model.requests[1]?.responseFormat).toEqual(model.requests[0]?.responseFormat);
  });

  it("tells a tool's caller by the tool's result", async () => {
    const call = (input: JsonValue): ScriptLine[] => [{ type: "tool-call", callId: "c1", name: "answer", input }];
    const model = scripted([call({ title: 1 }), call(RECIPE)]);
    expect(await object(model, Recipe, "Go", { mode: "tool", repair: true }).object).toEqual(RECIPE);
    expect(model.requests[1]?.messages.slice(1)).toMatchObject([
      { role: "assistant", content: [{ type: "tool-call", callId: "c1", input: { title: 1 } }] },
      { role: "tool", content: [{ type: "tool-result", callId: "c1", name: "answer", isError: true }] },
    ]);
  });

  it("counts what was used until its reader leaves once, also where the answer came in steps", async () => {
    const plain: ScriptLine[] = ["{}", { type: "finish", reason: "stop", usage }];
    const steps: ScriptLine[] = [
      { type: "step-start", step: 0, model: "m" },
      "{}",
      { type: "step-finish", step: 0, reason: "stop", usage },
      { type: "finish", reason: "stop", usage },
    ];
    for (const script of [plain, steps]) {
      const result = object(scripted([script, good]), Recipe, "Go", { mode: "json-schema", repair: true });
      for await (const event of result.stream) if (event.type === "retract") break;
      expect(await result.stream.usage).toEqual(usage);
    }
  });

  it("is not done twice", async () => {
    const model = scripted([bad, bad, good]);
    const result = object(model, Recipe, "Go", { mode: "json-schema", repair: true });
    expect((await failure(result.object)).code).toBe("invalid-output");
    expect(model.requests).toHaveLength(2);
    expect(result.repair).toBeDefined();
  });

  it("is not done unasked, nor where it cannot help", async () => {
    const model = scripted([bad, good]);
    const result = object(model, Recipe, "Go", { mode: "json-schema" });
    await failure(result.object);
    const limit: ChatEvent = { type: "finish", reason: "length", usage: {} };
    const limited = scripted([['{"title":', limit], good]);
    const cutOff = object(limited, Recipe, "Go", { mode: "json-schema", repair: true });
    expect((await failure(cutOff.object)).code).toBe("incomplete-output");
    expect([model.requests.length, limited.requests.length, result.repair, cutOff.repair]).toEqual([
      1,
      1,
      undefined,
      undefined,
    ]);
  });

  it("asks again for what ended too early by itself", async () => {
    const result = object(scripted([['{"title":'], good]), Recipe, "Go", { mode: "json-schema", repair: true });
    expect(await result.object).toEqual({ title: "y", steps: ["c"] });
    const cutOff: ChatEvent = { type: "tool-call", callId: "1", name: "answer", input: '{"title":', invalid: true };
    const whole: ChatEvent = { type: "tool-call", callId: "2", name: "answer", input: RECIPE };
    const called = object(scripted([[cutOff], [whole]]), Recipe, "Go", { mode: "tool", repair: true });
    expect(await called.object).toEqual(RECIPE);
  });

  it("begins partial values anew, and takes elements and text back only where the reader has a say", async () => {
    const ask = () => object(scripted([bad, good]), Recipe, "Go", { mode: "json-schema", repair: true });
    expect(await collect(ask().partials)).toEqual([
      { title: "x" },
      { title: "x", steps: ["a", 1] },
      { title: "y" },
      { title: "y", steps: ["c"] },
    ]);
    expect((await failure(collect(ask().elements("steps")))).code).toBe("retracted");
    expect((await failure(collect(ask().textOf("title")))).code).toBe("retracted");
    expect((await failure(collect(ask().text))).code).toBe("retracted");
    const voided: string[] = [];
    const onRetract = (reason: string) => voided.push(reason);
    expect(await collect(ask().readElements(["steps"], { onRetract }))).toEqual(["a", 1, "c"]);
    expect(await collect(ask().readTextOf(["title"], { onRetract }))).toEqual(["x", "y"]);
    expect((await collect(ask().readText({ onRetract }))).at(-1)).toBe('"steps":["c"]}');
    expect(voided).toHaveLength(3);
  });
});
