import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { parseJsonPath } from "./json-path.js";
import { PartialArgs } from "./partial-args.js";

const leaf: fc.Arbitrary<JsonValue> = fc.oneof(trickyText, fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.oneof(fc.stringMatching(/^[a-z_]{1,6}$/), fc.constantFrom("a b", "it's", 'a"b', "x.y", "0", "[1]"));
/** Values that have leaves everywhere: nothing is said of empty objects and arrays. */
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(name, tie("value"), { minKeys: 1, maxKeys: 3 }),
    fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
  ),
}));
const args = fc.dictionary(name, value, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;

function piecesOf(path: string, given: JsonValue, cut: number): JsonObject[] {
  if (Array.isArray(given)) return given.flatMap((item, index) => piecesOf(`${path}[${index}]`, item, cut));
  if (typeof given === "object" && given !== null) {
    return Object.entries(given).flatMap(([key, inner]) => piecesOf(path + step(key), inner, cut));
  }
  if (typeof given !== "string") {
    return [
      {
        jsonPath: path,
        [given === null ? "nullValue" : typeof given === "number" ? "numberValue" : "boolValue"]: given,
      },
    ];
  }
  const half = Math.floor(given.length * cut);
  if (cut > 0.9) return [{ jsonPath: path, stringValue: given }];
  return [
    { jsonPath: path, stringValue: given.slice(0, half), willContinue: true },
    { jsonPath: path, stringValue: given.slice(half) },
  ];
}

function step(key: string): string {
  if (/^[a-z_]+$/.test(key)) return `.${key}`;
  return key.includes("'") ? `["${key}"]` : `['${key}']`;
}

describe("arguments that come piece by piece", () => {
  test("are the JSON that they were cut from, whatever their order", () =>
    fc.assert(
      fc.property(args, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (given, cut, mixed) => {
        const fields = Object.entries(given).map(([key, inner]) => piecesOf(`$${step(key)}`, inner, cut));
        // Turns: one value of each field, and again.
        const ordered = mixed ? turns(fields) : fields.flat();
        const partial = new PartialArgs();
        const text = ordered.map((piece) => partial.push(piece)).join("") + partial.finish();
        expect(partial.toString()).toBe(text);
        expect(text === "" ? {} : JSON.parse(text)).toEqual(given);
      }),
    ));

  test("in order, are written as they come", () => {
    const partial = new PartialArgs();
    expect(partial.push({ jsonPath: "$.a.b[0]", stringValue: "x", willContinue: true })).toBe('{"a":{"b":["x');
    expect(partial.push({ jsonPath: "$.a.b[0]", stringValue: "\n" })).toBe('\\n"');
    expect(partial.push({ jsonPath: "$.a.b[2]", numberValue: 1 })).toBe(",null,1");
    expect(partial.push({ jsonPath: "$.c", boolValue: false })).toBe(']},"c":false');
    expect(partial.push({ jsonPath: "$.d" })).toBe("");
    expect(partial.finish()).toBe("}");
  });

  test("a value that comes too late is written at the end", () => {
    const partial = new PartialArgs();
    const pieces = [
      { jsonPath: "$.a.b", numberValue: 1 },
      { jsonPath: "$.c", numberValue: 2 },
      { jsonPath: "$.a.d", stringValue: "x", willContinue: true },
      { jsonPath: "$.a.d", stringValue: "y" },
      { jsonPath: "$.a.__proto__.e", numberValue: 3 },
      { jsonPath: "$.f", stringValue: "1", willContinue: true },
      { jsonPath: "$.g", numberValue: 4 },
      { jsonPath: "$.f", stringValue: "2", willContinue: true },
      { jsonPath: "$.h", numberValue: 5 },
      { jsonPath: "$.f", stringValue: "3" },
    ];
    const text = pieces.map((piece) => partial.push(piece)).join("") + partial.finish();
    expect(text).toBe('{"a":{"b":1},"c":2,"f":"1","g":4,"h":5,"a":{"b":1,"d":"xy"},"f":"123"}');
    expect(({} as Record<string, unknown>).e).toBeUndefined();
  });

  test("cost linear time: 64 KiB in pieces of 8 characters, each looked at once", () => {
    const partial = new PartialArgs();
    let written = 0;
    for (let i = 0; i < 8_192; i++) {
      written += partial.push({ jsonPath: "$.text", stringValue: "12345678", willContinue: true }).length;
    }
    written += partial.finish().length;
    expect(written).toBe(65_536 + '{"text":""}'.length);
  });
});

test.each([
  ["$.a.b[0]", ["a", "b", 0]],
  ["$['a b'][\"c'd\"].e", ["a b", "c'd", "e"]],
  ["$['it\\'s']", ["it's"]],
  ["a", ["a"]],
  ["$", ["$"]],
  ["$..a", ["$..a"]],
])("the path %s", (path, steps) => {
  expect(parseJsonPath(path)).toEqual(steps);
});

/** One piece of each list, and again: strings that go on are interrupted. */
function turns<T>(lists: readonly (readonly T[])[]): T[] {
  const most = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: most }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
