import { expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../base/json.js";
import { strictSchema } from "./strict-schema.js";

const name = { type: "string" };
const one = (property: string) => ({ type: "object", properties: { [property]: name }, required: [property] });

test("an object that names all its properties is closed, wherever it stands", () => {
  const inner = { type: "object", properties: { name }, required: ["name"] };
  const closed = { ...inner, additionalProperties: false };
  const schema = (own: JsonObject) => ({
    type: "object",
    properties: { one: own, many: { type: "array", items: own }, any: { anyOf: [own, { type: "null" }] } },
    required: ["one", "many", "any"],
    $defs: { own },
  });
  expect(strictSchema(schema(inner))).toEqual({ ...schema(closed), additionalProperties: false });
});

test("what zod says of an object is strict, a recursive one too", () => {
  interface Tree {
    name: string;
    children: Tree[];
  }
  const Node: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(Node) }));
  const { $schema: _, ...said } = z.toJSONSchema(Node, { io: "input" });
  expect(strictSchema(said as JsonObject)).toMatchObject({ additionalProperties: false });
});

test("a union that tells its objects apart by a value is strict, also where one alone must fit", () => {
  const union = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a"), x: z.number() }),
    z.object({ kind: z.literal("b") }),
  ]);
  const { $schema: _, ...said } = z.toJSONSchema(z.object({ union }), { io: "input" });
  const properties = strictSchema(said as JsonObject)?.properties;
  expect(properties).toMatchObject({ union: { anyOf: [{ additionalProperties: false }, { required: ["kind"] }] } });
  expect(properties).not.toHaveProperty("union.oneOf");
});

test("objects are too deep for it from the eleventh on", () => {
  const nested = (depth: number): JsonObject =>
    depth === 0 ? name : { ...one("a"), properties: { a: nested(depth - 1) } };
  expect(strictSchema(nested(10))).toBeDefined();
  expect(strictSchema(nested(11))).toBeUndefined();
});

test.each([
  ["a property may be missing", { type: "object", properties: { name } }],
  ["there may be more properties", { type: "object", properties: {}, additionalProperties: true }],
  ["properties have any name", { type: "object", additionalProperties: name }],
  ["a type of several holds objects", { type: ["object", "null"], properties: { name }, required: ["name"] }],
  ["a keyword is unknown", { type: "object", properties: { name: { ...name, default: "x" } }, required: ["name"] }],
  ["a format is unknown", { type: "object", properties: { name: { ...name, format: "uri" } }, required: ["name"] }],
  [
    "a part cannot be strict",
    { type: "object", properties: { a: { type: "array", items: { type: "object" } } }, required: ["a"] },
  ],
  ["an alternative cannot be strict", { type: "array", items: { anyOf: [name, { type: "object" }] } }],
  ["a definition cannot be strict", { type: "string", $defs: { a: { type: "object" } } }],
  ["a value has no type", { type: "object", properties: { a: {} }, required: ["a"] }],
  ["words stand beside a reference", { type: "object", properties: { a: { $ref: "#", title: "A" } }, required: ["a"] }],
  ["a pattern looks ahead", { type: "string", pattern: "^(?!x)" }],
  ["a union is all there is", { type: "object", properties: {}, anyOf: [name] }],
  ["objects of a union begin alike", { type: "array", items: { anyOf: [one("a"), one("a")] } }],
  ["an enumeration is too long", { type: "string", enum: Array.from({ length: 1_001 }, String) }],
  ["a part is no schema", { type: "object", properties: { a: true }, required: ["a"] }],
])("a schema is not strict where %s", (_, schema) => {
  expect(strictSchema(schema)).toBeUndefined();
});
