import { expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../stream/json.js";
import { strictSchema } from "./strict-schema.js";

const name = { type: "string" };

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
  ["an alternative cannot be strict", { anyOf: [name, { type: "object" }] }],
  ["a definition cannot be strict", { $defs: { a: { type: "object" } } }],
  ["a part is no schema", { type: "object", properties: { a: true }, required: ["a"] }],
])("a schema is not strict where %s", (_, schema) => {
  expect(strictSchema(schema)).toBeUndefined();
});
