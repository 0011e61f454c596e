import { expect, test } from "vitest";
import type { JsonObject } from "../base/json.js";
import { checkJsonSchema } from "./check-json-schema.js";
import { objectRoot } from "./object-root.js";

test("an object stays as it is", () => {
  const schema = { type: "object", properties: {} };
  expect(objectRoot({ $schema: "https://json-schema.org/draft/2020-12/schema", ...schema })).toEqual({
    schema,
    wrapped: false,
  });
});

test.each([
  { type: "array", items: { type: "string" } },
  { anyOf: [{ type: "object" }, { type: "null" }] },
  { $ref: "#/$defs/a", $defs: { a: { type: "object" } } },
  {},
])("%j is put into an object", (schema) => {
  const root = objectRoot(schema);
  expect(root.wrapped).toBe(true);
  expect(root.schema).toMatchObject({ type: "object", required: ["value"], additionalProperties: false });
});

test("what references name is found where it stands now", () => {
  const list: JsonObject = {
    type: "array",
    items: { anyOf: [{ $ref: "#/$defs/word" }, { $ref: "#" }, { $ref: "#/items/anyOf/3" }, { type: "null" }] },
    $defs: { word: { type: "string", minLength: 2 } },
  };
  const { schema } = objectRoot(list);
  const fits = (value: unknown) => checkJsonSchema(schema, { value }).length === 0;
  expect(fits(["ab", ["cd", [null]], null])).toBe(true);
  expect(fits(["a"])).toBe(false);
  expect(fits([["a"]])).toBe(false);
});
