import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import { collect } from "../../test/support/collect.js";
import { defineModel } from "../models/define-model.js";
import { fallback } from "../models/fallback.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { Capabilities, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { type JsonObject, type JsonValue, parseJson } from "../stream/json.js";
import { object } from "./object.js";
import type { ObjectMode } from "./object-mode.js";

const MODES: ObjectMode[] = ["json-schema", "tool", "instructions"];

/** A model that answers in whatever form it is asked for: `text` is the value, put into an object where the schema does. */
function answering(text: string, cuts: readonly number[] = [], capabilities?: Capabilities): ChatModel {
  return defineModel({
    id: "answering",
    ...(capabilities && { capabilities }),
    *stream(request) {
      const [tool] = request.tools ?? [];
      const schema = schemaOf(request);
      const json = isWrapper(schema) ? `{ "value": ${text} }` : text;
      if (tool !== undefined && "inputSchema" in tool) {
        for (const delta of cut(json, cuts)) yield { type: "tool-input-delta", callId: "c", name: tool.name, delta };
        yield { type: "tool-call", callId: "c", name: tool.name, input: JSON.parse(json) };
      } else if (request.responseFormat !== undefined) {
        yield* cut(json, cuts);
      } else {
        yield* cut(`Sure, {here} it is:\n\`\`\`json\n${json}\n\`\`\`\nDoes it help?`, cuts);
      }
      yield { type: "usage", usage: { inputTokens: 3, outputTokens: 5 } };
    },
  });
}

function schemaOf({ tools, responseFormat, messages }: ChatRequest): JsonObject {
  const [tool] = tools ?? [];
  if (tool !== undefined && "inputSchema" in tool) return tool.inputSchema;
  if (responseFormat?.type === "json-schema") return responseFormat.schema;
  const instructions = messages.findLast((message) => message.role === "system")?.content;
  return JSON.parse(String(instructions).split("JSON Schema: ")[1] ?? "");
}

function isWrapper(schema: JsonObject): boolean {
  return JSON.stringify(Object.keys(schema.properties ?? {})) === '["value"]' && schema.additionalProperties === false;
}

function cut(text: string, at: readonly number[]): string[] {
  const ends = at.map((n) => n % (text.length + 1)).sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece !== "");
}

async function failure(promise: Promise<unknown>): Promise<SluiceError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

const Recipe = z.object({ title: z.string(), steps: z.array(z.string()) });
const RECIPE = { title: "Pan\u2019cakes 🥞", steps: ["mix", "fry", "eat"] };
const recipes = [
  ["zod", Recipe, undefined],
  ["valibot", v.object({ title: v.string(), steps: v.array(v.string()) }), z.toJSONSchema(Recipe) as JsonObject],
  ["arktype", type({ title: "string", steps: "string[]" }), undefined],
  ["JSON Schema", z.toJSONSchema(Recipe) as JsonObject, undefined],
] as const;

describe.each(MODES)("object, mode %s", (mode) => {
  it.each(recipes)("gives a value that fits a schema of %s", async (_, schema, jsonSchema) => {
    const result = object(answering(JSON.stringify(RECIPE), [4, 30]), schema, "Pancakes", {
      mode,
      ...(jsonSchema && { jsonSchema }),
    });
    expect(await result.object).toEqual(RECIPE);
    expect(result.mode).toBe(mode);
    expect(await result.stream.usage).toEqual({ inputTokens: 3, outputTokens: 5 });
  });

  it("shows any value, however it is cut, bit by bit: as partial values, elements, text and JSON", async () => {
    const values = fc.oneof(
      fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true),
    ) as fc.Arbitrary<JsonValue>;
    await fc.assert(
      fc.asyncProperty(values, fc.array(fc.nat(300), { maxLength: 12 }), async (value, at) => {
        const said = JSON.stringify(value);
        const whole = parseJson(said);
        const ask = () => object(answering(said, at), {}, "Go", { mode });
        expect((await collect(ask().partials)).at(-1)).toEqual(whole);
        expect((await collect(ask().text)).join("")).toBe(said);
        expect(await collect(ask().elements())).toEqual(Array.isArray(whole) ? whole : []);
        expect((await collect(ask().textOf())).join("")).toBe(typeof whole === "string" ? whole : "");
        expect(await ask().object).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it("streams elements and strings of fields", async () => {
    const schema = z.object({ order: z.object({ lines: z.array(z.object({ sku: z.string() })), note: z.string() }) });
    const value = { order: { lines: [{ sku: "a" }, { sku: "b" }], note: "Soon, ple\nase" } };
    const every = Array.from({ length: 200 }, (_, i) => i);
    const ask = () => object(answering(JSON.stringify(value), every), schema, "Go", { mode });

    const lines = await collect(ask().elements("order", "lines"));
    expectTypeOf(lines).toEqualTypeOf<{ sku: string }[]>();
    expect(lines).toEqual(value.order.lines);
    expect(await collect(ask().textOf("order", "note"))).toEqual([..."Soon, ple\nase"]);
    expect(await collect(ask().textOf("order", "lines", 1, "sku"))).toEqual(["b"]);
  });

  it("says where a value does not fit, with the value and its text", async () => {
    const text = '{"title":"x","steps":["a",1]}';
    const result = object(answering(text), Recipe, "Go", { mode });
    const error = await failure(result.object);
    expect(error).toMatchObject({ code: "invalid-output", field: "steps[1]", model: "answering" });
    expect(error.output?.value).toEqual({ title: "x", steps: ["a", 1] });
    expect(error.output?.text).toContain(text);
    expect(error.output?.issues).toEqual([{ path: "steps[1]", message: expect.stringContaining("string") }]);
    // The answer itself ended well.
    expect(await result.stream.finishReason).toBe(mode === "tool" ? "tool-calls" : "stop");
  });
});

describe("what a model is asked", () => {
  async function asked(model: ChatModel, schema: JsonObject, options: Parameters<typeof object>[3] = {}) {
    let seen: ChatRequest | undefined;
    const spy: ChatModel = {
      ...model,
      stream: (request, call) => {
        seen = request;
        return model.stream(request, call);
      },
    };
    const { mode } = object(spy, schema, { messages: [{ role: "system", content: "Be brief." }, ...HI] }, options);
    return { mode, request: seen };
  }
  const HI = [{ role: "user" as const, content: "Hi" }];
  const model = (capabilities?: Capabilities) => answering("{}", [], capabilities);
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };

  it.each([
    [undefined, "instructions"],
    [{}, "instructions"],
    [{ tools: true }, "tool"],
    [{ tools: true, jsonSchema: false }, "tool"],
    [{ tools: true, jsonSchema: true }, "json-schema"],
  ] as const)("follows from what it can do: %j, so %s", async (capabilities, mode) => {
    expect((await asked(model(capabilities), schema)).mode).toBe(mode);
  });

  it("is no tool where the request has tools of its own", async () => {
    const tools = [{ name: "t", inputSchema: { type: "object" } }];
    expect((await asked(model({ tools: true }), schema, { tools })).mode).toBe("instructions");
    await expect(asked(model(), schema, { tools, mode: "tool" })).rejects.toThrow('mode: found "tool"; allowed');
  });

  it("is the provider's format, strictly where the schema allows it", async () => {
    const options = { mode: "json-schema", name: "word", description: "A word" } as const;
    expect((await asked(model(), schema, options)).request).toEqual({
      messages: [{ role: "system", content: "Be brief." }, ...HI],
      responseFormat: {
        type: "json-schema",
        name: "word",
        description: "A word",
        schema: { ...schema, additionalProperties: false },
        strict: true,
      },
    });
    const loose = { ...schema, required: [] };
    expect((await asked(model(), loose, { mode: "json-schema" })).request?.responseFormat).toEqual({
      type: "json-schema",
      name: "answer",
      schema: loose,
    });
    const off = await asked(model(), schema, { mode: "json-schema", strict: false });
    expect(off.request?.responseFormat).toEqual({ type: "json-schema", name: "answer", schema, strict: false });
  });

  it("is a tool that it must call", async () => {
    expect((await asked(model(), schema, { mode: "tool", description: "A word" })).request).toEqual({
      messages: [{ role: "system", content: "Be brief." }, ...HI],
      tools: [{ name: "answer", description: "A word", inputSchema: schema }],
      toolChoice: { name: "answer" },
      parallelToolCalls: false,
    });
  });

  it("is told in words, after the instructions that are there", async () => {
    const { request } = await asked(model(), schema, { mode: "instructions", description: "A word" });
    expect(request?.messages.map(({ role }) => role)).toEqual(["system", "system", "user"]);
    expect(request?.messages[1]?.content).toContain(JSON.stringify(schema));
    expect(request?.messages[1]?.content).toContain("A word");
  });

  it("is refused at once where it cannot be asked", () => {
    const go = (options: object, prompt: Parameters<typeof object>[2] = "Hi") =>
      object(model({ tools: false, jsonSchema: false }), schema, prompt, options);
    expect(() => go({ mode: "tool" })).toThrow("mode: answering has no mode tool");
    expect(() => go({ mode: "json-schema" })).toThrow("mode: answering has no mode json-schema");
    expect(() => go({ mode: "xml" })).toThrow('mode: found "xml"; allowed: json-schema, tool, instructions');
    expect(() => go({ name: "no good" })).not.toThrow();
    expect(() => object(model(), schema, "Hi", { mode: "tool", name: "no good" })).toThrow("tools[0].name");
    expect(() => go({ repair: "yes" })).toThrow("repair: found");
    expect(() => go({ maxDepth: 0 })).toThrow("maxDepth: found 0");
    expect(() => go({}, "")).toThrow("prompt: found");
    expect(() => go({}, { messages: HI, responseFormat: { type: "json" } })).toThrow("responseFormat: found");
    expect(() => object(model(), v.string(), "Hi")).toThrow("valibot does not say its schemas as JSON Schema");
  });
});

describe("a value that is no object", () => {
  it("keeps its references when it is put into one", async () => {
    interface Tree {
      name: string;
      children: Tree[];
    }
    const Node: z.ZodType<Tree, Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(Node) }));
    const forest = [{ name: "a", children: [{ name: "b", children: [] }] }];
    const result = object(answering(JSON.stringify(forest), [9]), z.array(Node), "Go");
    expect(await result.object).toEqual(forest);
  });

  it("has paths of its own in errors", async () => {
    const wrong = await failure(object(answering("[1,[2,x]]"), z.array(z.any()), "Go").object);
    expect(wrong.output?.issues[0]?.path).toBe("[1][1]");
    const unfit = await failure(object(answering('["a"]'), z.array(z.number()), "Go").object);
    expect(unfit.field).toBe("[0]");
    const missing = scripted([['{"other":1}']]);
    expect((await failure(object(missing, z.number(), "Go").object)).message).toContain('the object has no "value"');
  });
});

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

  it("that does not call the tool says what was said", async () => {
    const error = await failure(ask(["I would", " rather talk."], "tool").object);
    expect(error).toMatchObject({ code: "invalid-output", message: "the model did not call answer" });
    expect(error.output?.text).toBe("I would rather talk.");
  });

  it("whose call has no JSON says where", async () => {
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "answer", input: '{"title"', invalid: true };
    expect((await failure(ask([call], "tool").object)).message).toContain("character 8");
  });

  it("that is empty says so", async () => {
    expect((await failure(ask([]).object)).message).toContain("character 0: found the end of the text");
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

describe("reading", () => {
  it("starts over when another model does", async () => {
    const first = scripted([
      ['{"title":"x","ste', { throw: new SluiceError("truncated", "cut", { retryable: true }) }],
    ]);
    const model = fallback([first, scripted([[JSON.stringify(RECIPE)]])], { afterFirstDelta: "retract" });
    const result = object(model, Recipe, "Go", { mode: "json-schema" });
    expect(await collect(result.partials)).toEqual([{ title: "x" }, RECIPE]);
    expect(await result.object).toEqual(RECIPE);
  });

  it("takes the last of several steps", async () => {
    const model = scripted([
      [
        { type: "step-start", step: 0, model: "m" },
        "I look it up first.",
        { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
        { type: "step-start", step: 1, model: "m" },
        JSON.stringify(RECIPE),
        { type: "step-finish", step: 1, reason: "stop", usage: {} },
      ],
    ]);
    expect(await object(model, Recipe, "Go", { mode: "json-schema" }).object).toEqual(RECIPE);
  });

  it("takes the last of equal keys, and says so to who has read the first", async () => {
    const text = '{"title":"first","title":"second","steps":[]}';
    const result = object(answering(text, [20]), Recipe, "Go", { mode: "json-schema" });
    expect((await failure(collect(result.textOf("title")))).message).toContain("title was said twice");
    expect(await object(answering(text), Recipe, "Go").object).toEqual({ title: "second", steps: [] });
  });

  it("is for one", async () => {
    const result = object(answering(JSON.stringify(RECIPE)), Recipe, "Go");
    const reading = collect(result.partials);
    expect((await failure(collect(result.elements("steps")))).code).toBe("stream-locked");
    expect((await reading).at(-1)).toEqual(RECIPE);
    expect(await result.object).toEqual(RECIPE);
  });

  it("waits for its reader, and closes the stream when that leaves", async () => {
    let said = 0;
    let closed = false;
    const endless = defineModel({
      id: "endless",
      async *stream() {
        try {
          yield '{"steps":["a"';
          for (;;) {
            said++;
            yield ',"b"';
          }
        } finally {
          closed = true;
        }
      },
    });
    const result = object(endless, Recipe, "Go", { mode: "json-schema" });
    let read = 0;
    for await (const _ of result.elements("steps")) if (++read === 5) break;
    expect(said).toBeLessThan(8);
    expect((await failure(result.object)).code).toBe("cancelled");
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it("ends at a signal, also while a schema waits", async () => {
    const controller = new AbortController();
    let checking = () => {};
    const begun = new Promise<void>((resolve) => {
      checking = resolve;
    });
    const schema = Recipe.refine(() => {
      checking();
      return new Promise<boolean>(() => {});
    });
    const result = object(answering(JSON.stringify(RECIPE)), schema, "Go", { signal: controller.signal });
    const reading = failure(collect(result.partials));
    await begun;
    result.cancel("enough");
    expect((await reading).code).toBe("cancelled");
    controller.abort();
    const late = object(answering(JSON.stringify(RECIPE)), Recipe, "Go", { signal: controller.signal });
    expect((await failure(late.object)).code).toBe("cancelled");
  });

  it("shows small values at each delta, and copies no more than is linear in the text", async () => {
    const text = JSON.stringify({ value: Array.from({ length: 60_000 }, () => 1) });
    const pieces = text.match(/.{1,8}/g) ?? [];
    const result = object(scripted([pieces]), z.array(z.number()), "Go", { mode: "json-schema" });
    const lengths: number[] = [];
    for await (const partial of result.partials) lengths.push(partial.length);
    expect(lengths.slice(0, 4)).toEqual([3, 7, 11, 15]);
    expect(lengths.at(-1)).toBe(60_000);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(100_000 + 16 * text.length + 60_000);
  });

  it("is typed by what the schema takes and by what it makes of it", async () => {
    const schema = z.object({ at: z.string().transform((text) => text.length), tags: z.array(z.string()).optional() });
    const result = object(answering('{"at":"now"}'), schema, "Go");
    expectTypeOf(result.object).toEqualTypeOf<Promise<{ at: number; tags?: string[] | undefined }>>();
    expectTypeOf(result.elements("tags")).toEqualTypeOf<AsyncIterable<string>>();
    for await (const partial of result.partials) {
      expectTypeOf(partial).toEqualTypeOf<{ readonly at?: string; readonly tags?: readonly string[] | undefined }>();
      expect(partial).toEqual({ at: "now" });
    }
    expect(await result.object).toEqual({ at: 3 });
    // @ts-expect-error there is no such array
    result.elements("at");
    // @ts-expect-error there is no such string
    result.textOf("tags");
    const plain = object(answering("{}"), { type: "object" }, "Go");
    expectTypeOf(plain.object).toEqualTypeOf<Promise<JsonValue>>();
    expectTypeOf(plain.elements("any", "thing")).toEqualTypeOf<AsyncIterable<JsonValue>>();
  });
});
