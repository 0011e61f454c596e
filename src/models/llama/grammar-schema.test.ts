import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { grammarSchema } from "./grammar-schema.js";

const write = (schema: JsonObject) => {
  const warnings: Warning[] = [];
  return { schema: grammarSchema(schema, "schema", warnings), warnings };
};

const ANYTHING = {
  oneOf: [
    { type: ["string", "number", "boolean", "null"] },
    { type: "object", additionalProperties: true },
    { type: "array" },
  ],
};

describe("grammarSchema", () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      "an object has its properties and no others",
      {
        type: "object",
        title: "T",
        properties: { a: { type: "integer", description: "An a." } },
        required: ["a", "b"],
      },
      {
        type: "object",
        properties: { a: { type: "integer", description: "An a." }, b: ANYTHING },
        additionalProperties: false,
      },
    ],
    ["an object without properties is any object", { type: "object" }, { type: "object", additionalProperties: true }],
    [
      "anyOf is oneOf, and several types are",
      { anyOf: [{ type: ["string", "null"], maxLength: 3 }, { const: 4 }] },
      { oneOf: [{ oneOf: [{ type: "string", maxLength: 3 }, { type: "null" }] }, { enum: [4] }] },
    ],
    [
      "definitions are $defs",
      {
        definitions: { node: { type: "object", properties: { next: { $ref: "#/definitions/node" } } } },
        allOf: [{ $ref: "#/definitions/node" }],
      },
      {
        $ref: "#/$defs/node",
        $defs: {
          node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, additionalProperties: false },
        },
      },
    ],
    [
      "arrays keep their bounds",
      { items: { enum: ["a", null] }, minItems: 1, maxItems: 2 },
      { type: "array", items: { enum: ["a", null] }, minItems: 1, maxItems: 2 },
    ],
    ["dates are strings", { type: "string", format: "date" }, { type: "string", format: "date" }],
    ["true is anything", { type: "array", items: true }, { type: "array", items: ANYTHING }],
  ])("%s", (_, schema, written) => {
    expect(write(schema)).toEqual({ schema: written, warnings: [] });
  });

  test("says what the model is not constrained to, and where", () => {
    const { warnings } = write({
      type: "object",
      properties: { n: { type: "number", minimum: 1 }, s: { type: "string", pattern: "^a", format: "email" } },
    });
    expect(warnings).toEqual([
      { field: "schema.properties.n", message: expect.stringContaining("not constrained to minimum:") },
      { field: "schema.properties.s", message: expect.stringContaining("not constrained to pattern, format:") },
    ]);
  });

  test.each<[string, JsonObject]>([
    ["schema.not", { not: { type: "string" } }],
    ["schema.allOf", { allOf: [{ type: "object" }, { type: "object" }] }],
    ["schema.$ref", { $ref: "https://example.org/schema" }],
    ["schema.properties.a.type", { properties: { a: { type: "date" } } }],
    ["schema.items", { type: "array", items: false }],
  ])("refuses %s", (field, schema) => {
    expect(() => write(schema)).toThrow(expect.objectContaining({ code: "unsupported", field }));
  });
});
