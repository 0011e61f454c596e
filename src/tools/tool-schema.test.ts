import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../base/json.js";
import { tool } from "./tool.js";
import { toolSchema } from "./tool-schema.js";

const text = { type: "string" };
const number = { type: "number" };

describe("a schema of arguments as providers take it", () => {
  test("has properties, and is of an object", () => {
    expect(toolSchema({ type: "object" })).toEqual({ type: "object", properties: {} });
    expect(toolSchema({})).toEqual({ type: "object", properties: {} });
    expect(toolSchema({ $schema: "x", type: "object", additionalProperties: false })).toEqual({
      type: "object",
      properties: {},
      additionalProperties: false,
    });
  });

  test("stays as it is where it is one", () => {
    const schema = { type: "object", properties: { a: { anyOf: [text, number] } }, required: ["a"] };
    expect(toolSchema(schema)).toEqual(schema);
  });

  test("a union at the top is an object of all its properties", () => {
    const one = { type: "object", properties: { kind: { const: "a" }, x: text }, required: ["kind", "x"] };
    const other = { type: "object", properties: { kind: { const: "b" }, y: number }, required: ["kind"] };
    for (const keyword of ["anyOf", "oneOf"]) {
      expect(toolSchema({ [keyword]: [one, other], description: "d" })).toEqual({
        type: "object",
        properties: { kind: { anyOf: [{ const: "a" }, { const: "b" }] }, x: text, y: number },
        required: ["kind"],
        description: "d",
      });
    }
    expect(toolSchema({ allOf: [one, { properties: { z: text }, required: ["z"] }] })).toEqual({
      type: "object",
      properties: { kind: { const: "a" }, x: text, z: text },
      required: ["kind", "x", "z"],
    });
  });

  test("a reference at the top is what it leads to, and those inside still lead somewhere", () => {
    const $defs = {
      Args: { type: "object", properties: { node: { $ref: "#/$defs/Node" } }, required: ["node"] },
      Node: text,
    };
    expect(toolSchema({ $ref: "#/$defs/Args", $defs })).toEqual({
      type: "object",
      properties: { node: { $ref: "#/$defs/Node" } },
      required: ["node"],
      $defs,
    });
    expect(toolSchema({ $ref: "#" })).toMatchObject({ type: "object" });
    expect(toolSchema({ anyOf: [{ $ref: "#" }, { $ref: "#/nowhere" }] })).toMatchObject({
      type: "object",
      properties: {},
    });
  });

  test("a tool still holds its arguments to the union", async () => {
    const input = z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), x: z.string() }),
      z.object({ kind: z.literal("b"), y: z.number() }),
    ]);
    const made = tool({ name: "t", input, run: () => "" });
    expect(made.definition.inputSchema).toMatchObject({ type: "object", required: ["kind"] });
    expect(await made.readInput({ kind: "a", y: 1 })).toHaveProperty("issues");
  });
});

test("required is a list of names wherever it stands", () => {
  const inner = { type: "object", properties: { required: text, b: text }, required: ["b"] };
  const schema = {
    type: "object",
    properties: { a: { type: "string", required: true }, one: { ...inner, required: "b" }, right: inner },
    required: "a",
  };
  expect(toolSchema(schema)).toEqual({
    type: "object",
    properties: { a: text, one: inner, right: inner },
    required: ["a"],
  });
  expect(toolSchema({ type: "object", properties: {}, default: { required: true } })).toMatchObject({
    default: { required: true },
  });
});

test("a schema that is nested without an end to be seen is refused", () => {
  let schema: JsonObject = { type: "string" };
  for (let level = 0; level < 20_000; level++) schema = { type: "object", properties: { inner: schema } };
  const refused = expect.objectContaining({ code: "invalid-argument", field: "input" });
  expect(() => tool({ name: "deep", input: schema, run: () => "" })).toThrow(refused);
});
