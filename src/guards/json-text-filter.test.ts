import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../test/laws/arbitrary-answer.js";
import { parseJson } from "../base/json.js";
import { filterJson } from "./filter-json.js";
import { JsonTextFilter } from "./json-text-filter.js";
import { scrubRules } from "./pii/scrub-rules.js";
import { Scrubber } from "./pii/scrubber.js";
import { filterText } from "./text-filter.js";

const rules = scrubRules();
const scrubJson = () => new JsonTextFilter((key) => new Scrubber(rules, { key }));
const scrub = (text: string, key: string | undefined) => filterText(new Scrubber(rules, { key }), text);

function filterPieces(pieces: Iterable<string>): string {
  const filter = scrubJson();
  let out = "";
  for (const piece of pieces) out += filter.push(piece);
  return out + filter.end();
}

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    trickyText,
    fc.constantFrom("a@b.io and 10.0.0.1", 'say "a@b.io"', "555-\\123-4567", "tab\tjohn@example.com\n", "👩‍👩‍👧@b.io"),
    fc.constantFrom("4155552671", "12207", "0123456789abcdef", "123456789", "15 Eagle Point"),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom("a@b.io", 'k"\\', "phone", "zip", "ssn", "api_key", "k".repeat(33)), trickyText),
      tie("tree"),
      { maxKeys: 4 },
    ),
  ),
}));

describe("JSON that is filtered as it arrives", () => {
  test("parses to the filtered whole, however it is cut, written and escaped", () =>
    fc.assert(
      fc.property(
        tree,
        fc.constantFrom("@", "\\u0040"),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (value, at, sizes) => {
          const text = JSON.stringify(value, undefined, 1).replaceAll("@", at);
          const whole = filterJson(parseJson(text), scrub);
          const pieces: string[] = [];
          for (let from = 0, i = 0; from < text.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            pieces.push(text.slice(from, from + size));
            from += size;
          }
          expect(parseJson(filterPieces(pieces))).toEqual(whole);
          expect(filterPieces(pieces)).toBe(filterPieces([text]));
        },
      ),
    ));

  test("sees through escapes, in values and not in keys", () => {
    const json = String.raw`{"\u0061@b.io": "\u0061\u0040b\u002eio", "n": ["10\u002e0.0.1", 10.5]}`;
    expect(filterPieces(json)).toBe(String.raw`{"\u0061@b.io": "<EMAIL_ADDRESS>", "n": ["<IP>", 10.5]}`);
  });

  test("knows by its key what a value is", () => {
    const json = String.raw`{"phone\u004eumber":"4155552671","homes":[{"zip":"12207","n":["1"]},{"n":"12207"}],"zip":["12207"],"id":"4155552671"}`;
    expect(filterPieces(json)).toBe(
      '{"phone\\u004eumber":"<PHONE_NUMBER>","homes":[{"zip":"<ZIP_CODE>","n":["1"]},{"n":"12207"}],"zip":["<ZIP_CODE>"],"id":"4155552671"}',
    );
    expect(filterPieces('{"text":"4155552671","page_token":"0123456789abcdef"}')).not.toContain("<");
  });

  test("never lets half a surrogate pair out", () => {
    const filter = scrubJson();
    const out = [...String.raw`"\ud83d\ude00 x"`].map((sign) => filter.push(sign));
    for (const piece of out) expect(piece).not.toMatch(/\p{Surrogate}/u);
    expect(out.join("")).toBe('"😀 x"');
  });

  test("filters what is no JSON as text, from there on", () => {
    expect(filterPieces("{mail: a@b.io}")).toBe("{mail: <EMAIL_ADDRESS>}");
    expect(filterPieces("[1, #a@b.io")).toBe("[1, #<EMAIL_ADDRESS>");
  });

  test("breaks off where the JSON does", () => {
    expect(filterPieces('{"a": "mail a@b.io')).toBe('{"a": "mail <EMAIL_ADDRESS>');
    expect(filterPieces('{"a": "x\\u00')).toBe('{"a": "x\\u00');
  });

  test("gives the value itself back where nothing changes", () => {
    const value = { a: ["x", { b: "y" }], c: 1 };
    expect(filterJson(value, scrub)).toBe(value);
  });
});
