import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_DEPTH, parseJson } from "./json.js";

/** JSON as fast-check makes it, less the keys that are meant to be dropped: those have tests of their own below. */
const harmless = fc.json().filter((text) => !/__proto__|"constructor"/.test(text));

test("parses as JSON.parse does", () =>
  fc.assert(
    fc.property(harmless, (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  ));

test.each([
  '{"a":{"__proto__":{"polluted":true}},"b":1}',
  '{"a":{"\\u005f_proto__":{"polluted":true}},"b":1}',
  '{"a":{"constructor":{"prototype":{"polluted":true}}},"b":1}',
])("drops keys that could reach a prototype: %s", (text) => {
  const value = parseJson(text);
  expect(JSON.stringify(value)).toBe('{"a":{},"b":1}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("keeps an innocent constructor and text that only mentions a prototype", () => {
  expect(parseJson('{"constructor":"Ferrari","text":"__proto__"}')).toEqual({
    constructor: "Ferrari",
    text: "__proto__",
  });
});

test.each([["["], ['{"a":']])("refuses what is nested too deep to be walked: %s", (open) => {
  const nested = (depth: number) => `${open.repeat(depth)}1${(open === "[" ? "]" : "}").repeat(depth)}`;
  expect(() => JSON.stringify(parseJson(nested(MAX_JSON_DEPTH)))).not.toThrow();
  expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(/deeper than 1000/);
  expect(() => parseJson(nested(100_000))).toThrow(SyntaxError);
});

test("reads brackets in strings, and next to each other, however many", () => {
  const text = JSON.stringify({ a: `\\"${"[{".repeat(2_000)}`, b: Array.from({ length: 2_000 }, () => []) });
  expect(parseJson(text)).toEqual(JSON.parse(text));
});
