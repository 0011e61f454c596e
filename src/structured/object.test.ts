import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { answering } from "../../test/support/answering-model.js";
import { collect } from "../../test/support/collect.js";
import { failure } from "../../test/support/failure.js";
import { type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import { scripted } from "../models/scripted.js";
import type { Capabilities, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { object } from "./object.js";
import type { ObjectMode } from "./object-mode.js";

const MODES: ObjectMode[] = ["json-schema", "tool", "instructions"];

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

  it.each([
    ["a fence", "```json\n%\n```\nDone."],
    ["thinking", '<think>\nA {title}, {"steps": no}\n</think>\n\n%'],
    ["both, and words", "<thinking>hm</thinking>Here it is:\n```\n%\n```"],
  ])("takes the value behind %s", async (_, around) => {
    const said = around.replace("%", JSON.stringify(RECIPE));
    // Where a tool is to be called, the value may come as its arguments, or as text in its place.
    for (const inTool of mode === "tool" ? [true, false] : [false]) {
      const model = scripted([
        inTool
          ? [{ type: "tool-call", callId: "1", name: "answer", input: said, invalid: true }]
          : [said.slice(0, 9), said.slice(9)],
      ]);
      const result = object({ ...model, stream: model.stream.bind(model) }, Recipe, "Go", { mode, name: "answer" });
      expect(await result.object).toEqual(RECIPE);
    }
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

  it("is asked for in another way where the provider does not take the schema, and that is said", async () => {
    const record = z.record(z.string(), z.number());
    const strict: Capabilities = { jsonSchema: true, tools: true, jsonSchemaLimits: { open: false } };
    const result = object(answering('{"a":1}', [], strict), z.object({ a: record.or(z.number()) }), "Hi");
    expect(result.mode).toBe("tool");
    const [start] = await collect(result.stream);
    const message =
      "asked for in mode tool: the provider's own does not take it, since it leaves names or types open at";
    expect(start).toMatchObject({ warnings: [{ field: "schema", message: expect.stringContaining(message) }] });
    expect(() => object(model(strict), record, "Hi", { mode: "json-schema" })).toThrow(
      "schema: answering does not take it in mode json-schema",
    );
  });

  it("is no tool where the request has tools of its own", async () => {
    const tools = [{ name: "t", inputSchema: { type: "object" } }];
    expect((await asked(model({ tools: true }), schema, { tools })).mode).toBe("instructions");
    expect((await asked(model({ tools: true }), schema, { reasoning: { effort: "low" } })).mode).toBe("instructions");
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

  it("may stand without the object, where a model is asked in words", async () => {
    const said = '<think>[3] or {"value": [4]}?</think>\n```json\n[1, [2]]\n```';
    const ask = () => object(scripted([[...said]]), z.array(z.any()), "Go", { mode: "instructions" });
    expect(await ask().object).toEqual([1, [2]]);
    expect(await collect(ask().elements())).toEqual([1, [2]]);
    expect((await collect(ask().text)).join("")).toBe("[1, [2]]");
    const wrong = await failure(object(scripted([['["a", 1]']]), z.array(z.string()), "Go").object);
    expect(wrong.field).toBe("[1]");
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
