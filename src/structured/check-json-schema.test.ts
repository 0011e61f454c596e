import { expect, test } from "vitest";
import type { JsonObject } from "../base/json.js";
import { checkJsonSchema } from "./check-json-schema.js";
import { formatPath } from "./json-path.js";

function issues(schema: JsonObject, value: unknown): string[] {
  return checkJsonSchema(schema, value).map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

test.each<[string, JsonObject, unknown[], [unknown, string][]]>([
  ["type", { type: "integer" }, [1, 2.0], [[1.5, ": found 1.5; allowed: a whole number"]]],
  ["several types", { type: ["string", "null"] }, ["a", null], [[1, ": found 1; allowed: a string or null"]]],
  ["a type that there is not", { type: "function" }, [], [[1, ": found 1; allowed: function"]]],
  ["enum", { enum: ["a", 1, { b: 2 }] }, ["a", 1, { b: 2 }], [["b", ': found "b"; allowed: "a", 1, {"b":2}']]],
  [
    "const",
    { const: { a: 1, b: [2] } },
    [{ b: [2], a: 1 }],
    [[{ a: 1 }, ': found an object with a; allowed: {"a":1,"b":[2]}']],
  ],
  ["const null", { const: null }, [null], [[0, ": found 0; allowed: null"]]],
  [
    "minimum",
    { minimum: 1, maximum: 3 },
    [1, 3, "not a number"],
    [
      [0, ": found 0; allowed: at least 1"],
      [4, ": found 4; allowed: at most 3"],
    ],
  ],
  [
    "exclusive bounds",
    { exclusiveMinimum: 1, exclusiveMaximum: 3 },
    [2],
    [
      [1, ": found 1; allowed: more than 1"],
      [3, ": found 3; allowed: less than 3"],
    ],
  ],
  ["multipleOf", { multipleOf: 0.1 }, [0.3, 0, -0.7], [[0.25, ": found 0.25; allowed: a multiple of 0.1"]]],
  [
    "length in characters",
    { maxLength: 1, minLength: 1 },
    ["😀"],
    [
      ["", ": found 0 characters; allowed: at least 1"],
      ["ab", ": found 2 characters; allowed: at most 1"],
    ],
  ],
  ["pattern", { pattern: "^\\p{L}+$" }, ["é"], [["1", ': found "1"; allowed: text that matches ^\\p{L}+$']]],
  [
    "a pattern of another language",
    { pattern: "^\\_$" },
    ["_"],
    [["a", ': found "a"; allowed: text that matches ^\\_$']],
  ],
  ["a pattern that is none", { pattern: "(" }, ["a"], []],
  ["required", { required: ["a"] }, [{ a: undefined }, 5], [[{}, "a: is missing"]]],
  [
    "properties",
    { properties: { a: { type: "string" } } },
    [{ a: "x", b: 1 }],
    [[{ a: 1 }, "a: found 1; allowed: a string"]],
  ],
  [
    "additionalProperties",
    { properties: { a: true }, additionalProperties: false },
    [{ a: 1 }],
    [[{ b: 1 }, "b: there is no such property; allowed: a"]],
  ],
  [
    "additionalProperties as a schema",
    { additionalProperties: { type: "number" } },
    [{ a: 1 }],
    [[{ a: "1" }, 'a: found "1"; allowed: a number']],
  ],
  [
    "patternProperties",
    { patternProperties: { "^x": { type: "number" } }, additionalProperties: false },
    [{ x1: 1 }],
    [
      [{ x1: "a" }, 'x1: found "a"; allowed: a number'],
      [{ y: 1 }, "y: there is no such property; allowed: none"],
    ],
  ],
  [
    "propertyNames",
    { propertyNames: { maxLength: 2 } },
    [{ ab: 1 }],
    [[{ abc: 1 }, "abc: found 3 characters; allowed: at most 2"]],
  ],
  [
    "counts of properties",
    { minProperties: 1, maxProperties: 1 },
    [{ a: 1 }],
    [
      [{}, ": found 0 properties; allowed: at least 1"],
      [{ a: 1, b: 2 }, ": found 2 properties; allowed: at most 1"],
    ],
  ],
  ["dependentRequired", { dependentRequired: { a: ["b"] } }, [{}, { a: 1, b: 1 }], [[{ a: 1 }, "b: is missing"]]],
  ["dependentSchemas", { dependentSchemas: { a: { required: ["b"] } } }, [{}], [[{ a: 1 }, "b: is missing"]]],
  ["items", { items: { type: "number" } }, [[], [1]], [[[1, "a"], '[1]: found "a"; allowed: a number']]],
  [
    "prefixItems",
    { prefixItems: [{ type: "string" }], items: false },
    [["a"], []],
    [
      [["a", 1], "[1]: 1 is not allowed here"],
      [[1], "[0]: found 1; allowed: a string"],
    ],
  ],
  [
    "items of draft-07",
    { items: [{ type: "string" }], additionalItems: { type: "null" } },
    [["a", null]],
    [[["a", 1], "[1]: found 1; allowed: null"]],
  ],
  [
    "counts of items",
    { minItems: 1, maxItems: 2 },
    [[1]],
    [
      [[], ": found 0 items; allowed: at least 1"],
      [[1, 2, 3], ": found 3 items; allowed: at most 2"],
    ],
  ],
  [
    "uniqueItems",
    { uniqueItems: true },
    [[1, "1", { a: 1 }]],
    [
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
        "[1]: is the same as item 0; allowed: different items",
      ],
    ],
  ],
  [
    "contains",
    { contains: { const: 1 }, maxContains: 1 },
    [[2, 1]],
    [
      [[2], ": 0 items are of the wanted kind; allowed: at least 1"],
      [[1, 1], ": 2 items are of the wanted kind; allowed: at most 1"],
    ],
  ],
  ["allOf", { allOf: [{ minimum: 1 }, { maximum: 3 }] }, [2], [[4, ": found 4; allowed: at most 3"]]],
  [
    "anyOf",
    { anyOf: [{ type: "string" }, { properties: { a: { type: "number" } }, type: "object" }] },
    ["a", { a: 1 }],
    [
      [
        { a: "x" },
        ': fits none of the alternatives (found an object with a; allowed: a string; or a: found "x"; allowed: a number)',
      ],
    ],
  ],
  [
    "oneOf",
    { oneOf: [{ type: "string" }, { minLength: 3 }] },
    ["ab"],
    [["abc", ": fits 2 of the alternatives; allowed: exactly one"]],
  ],
  ["not", { not: { type: "string" } }, [1], [["a", ': "a" is not allowed here']]],
  [
    "if, then and else",
    // As text: an object with `then` could be taken for a promise.
    JSON.parse(
      '{"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}',
    ),
    [{ a: 1, b: 1 }, { c: 1 }],
    [
      [{ a: 1 }, "b: is missing"],
      [{}, "c: is missing"],
    ],
  ],
  [
    "a property that is named like an object's own",
    { properties: { a: {} }, required: ["toString"], additionalProperties: false },
    [],
    [[{ a: 1 }, "toString: is missing"]],
  ],
])("%s", (_, schema, fitting, others) => {
  for (const value of fitting) expect(issues(schema, value)).toEqual([]);
  for (const [value, message] of others) expect(issues(schema, value)).toEqual([message]);
});

test("a reference is followed, into a schema that contains itself too", () => {
  const schema: JsonObject = {
    $ref: "#/$defs/node~1x",
    $defs: { "node/x": { type: "object", properties: { next: { $ref: "#/$defs/node~1x" }, n: { type: "number" } } } },
  };
  expect(issues(schema, { next: { next: { n: 1 } } })).toEqual([]);
  expect(issues(schema, { next: { next: { n: "1" } } })).toEqual(['next.next.n: found "1"; allowed: a number']);
});

test("a reference out of the schema is not followed", () => {
  expect(
    issues({ properties: { a: { $ref: "https://example.com/a.json" }, b: { $ref: "#/%" } } }, { a: 1, b: 1 }),
  ).toEqual([]);
});

test("a reference that leads back to itself ends", () => {
  expect(issues({ $ref: "#" }, 1)[0]).toContain("more than 1000 levels deep");
});
