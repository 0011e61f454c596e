import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../test/laws/arbitrary-answer.js";
import { parseJson } from "../base/json.js";
import { filterJson } from "./filter-json.js";
import { JsonInTextFilter } from "./json-in-text-filter.js";
import { scrub } from "./pii/scrub.js";
import { scrubRules } from "./pii/scrub-rules.js";
import { Scrubber } from "./pii/scrubber.js";

const rules = scrubRules();
const scrubJson = () => new JsonInTextFilter((key) => new Scrubber(rules, { key }), { json: true });
const scrubAll = (text: string, key: string | undefined) => scrub(text, rules, { key });

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
          const whole = filterJson(parseJson(text), scrubAll);
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

  test("sees through escapes, in values and in keys that are data", () => {
    const json = String.raw`{"\u0061@b.io": "\u0061\u0040b\u002eio", "n": ["10\u002e0.0.1", 10.5]}`;
    expect(filterPieces(json)).toBe('{"<EMAIL_ADDRESS>": "<EMAIL_ADDRESS>", "n": ["<IP>", 10.5]}');
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
    expect(out.join("")).toBe(String.raw`"\ud83d\ude00 x"`);
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
    expect(filterJson(value, scrubAll)).toBe(value);
  });
});

describe("JSON that stands in text", () => {
  const inText = (text: string, size = text.length) => {
    const filter = new JsonInTextFilter((key) => new Scrubber(rules, { key }));
    let out = "";
    for (let at = 0; at < text.length; at += size) out += filter.push(text.slice(at, at + size));
    return out + filter.end();
  };

  test.each([
    [
      String.raw`{"signature":"Ann Lee\nann@example.com\n555-123-4567"}`,
      String.raw`{"signature":"Ann Lee\n<EMAIL_ADDRESS>\n<PHONE_NUMBER>"}`,
    ],
    [String.raw`Here: {"a":"line\n10.1.2.3"} and 10.1.2.3.`, String.raw`Here: {"a":"line\n<IP>"} and <IP>.`],
    [String.raw`["line\n10.1.2.3", 1]`, String.raw`["line\n<IP>", 1]`],
    [String.raw`{"a":"\u0061nn\u0040example.com"}`, '{"a":"<EMAIL_ADDRESS>"}'],
    ['{"phone":5551234567,"n":12.5}', '{"phone":"<PHONE_NUMBER>","n":12.5}'],
    ['{"card": 4111111111111111}', '{"card": "<CREDIT_CARD>"}'],
    ['{"ann@example.com":{"10.1.2.3":"x"}}', '{"<EMAIL_ADDRESS>":{"<IP>":"x"}}'],
    [String.raw`{"inner":"{\"ip\":\"x\\n10.1.2.3\"}"}`, String.raw`{"inner":"{\"ip\":\"x\\n<IP>\"}"}`],
    ['```json\n{"ip":"10.1.2.3"}\n```\n10.1.2.3', '```json\n{"ip":"<IP>"}\n```\n<IP>'],
    ["[1] 10.1.2.3", "[1] <IP>"],
    ["[10.1.2.3]", "[<IP>]"],
    ["[4111 1111 1111 1111]", "[<CREDIT_CARD>]"],
    ["[1, 555 123 4567]", "[1, <PHONE_NUMBER>]"],
    ["[2001:db8::1]:443", "[<IP>]:443"],
    ['{"a": 4111 1111 1111 1111}', '{"a": <CREDIT_CARD>}'],
    ["[4111111111111111 , 2 ]", '["<CREDIT_CARD>" , 2 ]'],
    ["[tel 555-123-4567](x)", "[tel <PHONE_NUMBER>](x)"],
    ['{"a": 1, // 10.1.2.3\n"b": "10.1.2.3"}', '{"a": 1, // <IP>\n"b": "<IP>"}'],
    ['{{name}} {"a"} 10.1.2.3', '{{name}} {"a"} <IP>'],
    [String.raw`{"a":"\/é\u00e9 \ud83d\ude00 x"}`, String.raw`{"a":"\/é\u00e9 \ud83d\ude00 x"}`],
    [String.raw`print("x\n10.1.2.3")`, String.raw`print("x\n<IP>")`],
  ])("%s", (text, expected) => {
    for (const size of [text.length, 1, 3]) expect(inText(text, size)).toBe(expected);
  });

  test("stays valid, whatever its strings, keys and numbers are, and is filtered as its value is", () =>
    fc.assert(
      fc.property(
        fc.dictionary(trickyText, tree, { minKeys: 1, maxKeys: 3 }),
        fc.integer({ min: 1, max: 9 }),
        (value, size) => {
          const text = JSON.stringify(value);
          expect(parseJson(inText(text, size))).toEqual(filterJson(parseJson(text), scrubAll));
        },
      ),
      { numRuns: 50 },
    ));

  test("costs no more than is linear where brackets lead nowhere", () => {
    for (const text of ["[".repeat(50_000), "[{".repeat(25_000), '{"'.repeat(25_000), "[ ".repeat(25_000)]) {
      expect(inText(text, 1_000)).toBe(text);
    }
  });
});
