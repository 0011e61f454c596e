import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../base/json.js";
import { scripted } from "../models/scripted.js";
import { type Tool, type ToolOptions, tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const JSON_SCHEMA: JsonObject = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "number" } },
  required: ["city"],
};

const weathers: [string, Tool][] = [
  [
    "zod",
    tool({
      name: "weather",
      input: z.object({ city: z.string(), days: z.number().default(3) }),
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>();
        return `${input.days} days in ${input.city}`;
      },
    }),
  ],
  [
    "valibot",
    tool({
      name: "weather",
      input: v.object({ city: v.string(), days: v.optional(v.number(), 3) }),
      inputJsonSchema: JSON_SCHEMA,
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>();
        return `${input.days} days in ${input.city}`;
      },
    }),
  ],
  [
    "arktype",
    tool({
      name: "weather",
      input: type({ city: "string", days: "number = 3" }),
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>();
        return `${input.days} days in ${input.city}`;
      },
    }),
  ],
  [
    "JSON Schema",
    tool({
      name: "weather",
      input: JSON_SCHEMA,
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<JsonObject>();
        return `${input.days ?? 3} days in ${input.city}`;
      },
    }),
  ],
];

describe.each(weathers)("a tool with a schema of %s", (_, weather) => {
  test("is described to the model", () => {
    expect(weather.definition).toMatchObject({ name: "weather", inputSchema: { type: "object", required: ["city"] } });
    expect(weather.definition.inputSchema.properties).toMatchObject({ city: { type: "string" } });
    expect(weather.definition.inputSchema.$schema).toBeUndefined();
  });

  test("runs with arguments that fit, and says what is wrong with others", async () => {
    const call = (callId: string, input: JsonObject) => ({
      type: "tool-call" as const,
      callId,
      name: "weather",
      input,
    });
    const model = scripted([[call("a", { city: "Oslo" }), call("b", { city: 5 })], ["Done."]]);
    await withTools(model, [weather]).stream({ messages: [{ role: "user", content: "Hi" }] }).fullText;
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { output: "3 days in Oslo" },
      { isError: true, output: expect.stringMatching(/^The arguments of weather are not valid: city: /) },
    ]);
  });
});

/** What the model is told that a tool returned. */
async function outputOf(run: () => unknown, more: Pick<ToolOptions<JsonObject, z.ZodType>, "output"> = {}) {
  const returning = tool({ name: "give", input: { type: "object" }, run, ...more });
  const model = scripted([[{ type: "tool-call", callId: "a", name: "give", input: {} }], ["Done."]]);
  await withTools(model, [returning]).stream({ messages: [{ role: "user", content: "Hi" }] }).fullText;
  const [result] = (model.requests[1]?.messages.at(-1)?.content ?? []) as { output: unknown; isError?: true }[];
  return result?.isError ? { error: result.output } : result?.output;
}

test.each<[string, unknown, unknown]>([
  ["nothing", undefined, null],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["an object with gaps", { a: undefined, b: [undefined] }, { b: [null] }],
  ["bytes", new Uint8Array(3), { error: expect.stringContaining("bytes: encode them") }],
  ["a function", () => {}, { error: "the tool returned what JSON cannot carry: a function" }],
  ["a BigInt", 1n, { error: expect.stringContaining("BigInt") }],
  [
    "an object of a class",
    new (class Point {
      x = 1;
    })(),
    { x: 1 },
  ],
  ["a URL", new URL("http://a/b"), "http://a/b"],
  ["a map", { rows: new Map([[1, 2]]) }, { error: expect.stringContaining('an object of type Map in "rows"') }],
  ["a set", new Set([1]), { error: expect.stringContaining("Set") }],
  ["an error", Object.assign(new Error("no"), { code: "ENOENT" }), { error: expect.stringContaining("Error") }],
  ["an HTTP response", new Response("x"), { error: expect.stringContaining("Response") }],
  ["a promise inside", { a: Promise.resolve(1) }, { error: expect.stringContaining("Promise") }],
  ["a number that is none", { mean: Number.NaN }, { error: expect.stringContaining('NaN in "mean"') }],
  ["a plain generator", (function* () {})(), { error: expect.stringContaining("Generator") }],
])("what a tool returns is JSON: %s", async (_, returned, output) => {
  expect(await outputOf(() => returned)).toEqual(output);
});

test.each<[string, unknown, string]>([
  ["a text", "no", "no"],
  ["an object", { code: 5 }, '{"code":5}'],
  ["an object with a message", { message: "gone" }, "gone"],
  [
    "an object without a prototype",
    Object.assign(Object.create(null), { code: 5 }),
    "an error that cannot say what it is",
  ],
  [
    "an error that fails when asked",
    new (class extends Error {
      override get message(): string {
        throw new Error("never");
      }
    })(),
    "an error that cannot say what it is",
  ],
])("a tool may throw anything: %s", async (_, thrown, error) => {
  const run = () => {
    throw thrown;
  };
  expect(await outputOf(run)).toEqual({ error });
});

test("what is done to a result later does not reach the reader", async () => {
  const list = [1];
  const output = outputOf(async () => {
    setImmediate(() => list.push(2));
    return list;
  });
  expect(await output).toEqual([1]);
});

test("the output's schema holds for what a tool returns", async () => {
  const output = z.object({ n: z.number().transform((n) => n + 1) });
  expect(await outputOf(() => ({ n: 1 }), { output })).toEqual({ n: 2 });
  expect(await outputOf(() => ({ n: "1" }), { output })).toEqual({
    error: expect.stringMatching(/^give returned what its schema does not allow: n: /),
  });
  type Run = NonNullable<ToolOptions<JsonObject, typeof output>["run"]>;
  expectTypeOf<() => { n: number }>().toExtend<Run>();
  expectTypeOf<() => { n: string }>().not.toExtend<Run>();
});

test.each<[string, string, () => unknown]>([
  ["a name", "name", () => tool({ name: "my tool", input: { type: "object" } })],
  ["a schema", "input", () => tool({ name: "x", input: z.string() })],
  ["a timeout", "timeoutMs", () => tool({ name: "x", input: { type: "object" }, timeoutMs: 0 })],
  ["a concurrency", "concurrency", () => tool({ name: "x", input: { type: "object" }, concurrency: 0 })],
])("%s that cannot be is refused", (_, field, make) => {
  expect(make).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
});

test("a schema without a JSON Schema is refused with what to do", () => {
  expect(() => tool({ name: "x", input: v.object({}) })).toThrow(
    "input: valibot does not say its schemas as JSON Schema: pass inputJsonSchema",
  );
});
