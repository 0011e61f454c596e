import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonValue, parseJson } from "../base/json.js";
import { SluiceError } from "../stream/error.js";
import { JsonParser, type JsonParserOptions } from "./json-parser.js";

const key = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.constantFrom("constructor", "prototype", "toString", "0", "7"),
);

/** Any JSON value, with keys that are dangerous, equal or numeric among them. */
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string({ unit: "binary" }), fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer()),
    fc.constantFrom(null, true, false, ""),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
/** JSON text with spaces, equal keys and `__proto__`, which no value can be written as. */
const text: fc.Arbitrary<string> = fc
  .tuple(
    json,
    fc.infiniteStream(fc.constantFrom("", "", '"__proto__":{"a":1},', '"0":[],')),
    fc.constantFrom(0, 1, "\t"),
  )
  .map(([value, extras, indent]) =>
    JSON.stringify(value, undefined, indent).replace(/"(?=[^"\\]*":)/g, (quote) => extras.next().value + quote),
  )
  .filter(isJson);

const cuts = fc.array(fc.nat(400), { maxLength: 30 });

function isJson(candidate: string): boolean {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
}

/** Writes strings with escapes where a coin says so; the value is the same. */
function escaped(source: string, coin: () => boolean): string {
  return source.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const inner: string = JSON.parse(literal);
    let out = "";
    for (let i = 0; i < inner.length; i++) {
      const code = inner.charCodeAt(i);
      out += coin() ? `\\u${code.toString(16).padStart(4, "0")}` : JSON.stringify(inner.charAt(i)).slice(1, -1);
    }
    return `"${out}"`;
  });
}

function pieces(whole: string, at: readonly number[]): string[] {
  const ends = at.map((n) => n % (whole.length + 1)).sort((a, b) => a - b);
  return [...ends, whole.length].map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
}

function parse(parts: readonly string[], options?: JsonParserOptions): JsonValue {
  const parser = new JsonParser(options);
  for (const part of parts) parser.push(part);
  return parser.end();
}

/** Whether `part` is what may have been known of `whole` before its end. */
function isPrefix(part: JsonValue | undefined, whole: JsonValue): boolean {
  if (part === undefined) return true;
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (Array.isArray(part)) {
    if (!Array.isArray(whole) || part.length > whole.length) return false;
    return part.every((item, i) => isPrefix(item, whole[i] ?? null));
  }
  if (isJsonObject(part)) {
    if (!isJsonObject(whole)) return false;
    return Object.keys(part).every((name) => Object.hasOwn(whole, name) && isPrefix(part[name], whole[name] ?? null));
  }
  return Object.is(part, whole);
}

function failure(run: () => unknown): SluiceError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
  }
  throw new Error("it did not fail with a SluiceError");
}

describe("JsonParser", () => {
  it("makes of any JSON in any pieces what parseJson makes of the whole", () => {
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.boolean()), cuts, (source, coins, at) => {
        const written = escaped(source, () => coins.next().value);
        expect(parse(pieces(written, at))).toEqual(parseJson(written));
        expect(parse([...written])).toEqual(parseJson(source));
      }),
    );
  });

  it("refuses what JSON.parse refuses, and nothing else", () => {
    const almost = fc
      .tuple(
        text,
        fc.nat(),
        fc.constantFrom("", "}", "]", ",", '"', "\\", "0", "-", "e", ".", " ", "\n", "\u00a0", "tru"),
      )
      .map(([source, at, extra]) => {
        const i = at % (source.length + 1);
        return source.slice(0, i) + extra + source.slice(i + 1);
      });
    fc.assert(
      fc.property(almost, cuts, (source, at) => {
        if (isJson(source)) expect(parse(pieces(source, at))).toEqual(parseJson(source));
        else failure(() => parse(pieces(source, at)));
      }),
    );
  });

  it("shows at every moment a prefix of the value, which does not change afterwards", () => {
    // Equal keys are left out: the first of them is no prefix of the value.
    fc.assert(
      fc.property(json, cuts, (value, at) => {
        const parser = new JsonParser();
        const kept: { snapshot: JsonValue | undefined; said: string | undefined }[] = [];
        for (const piece of pieces(JSON.stringify(value), at)) {
          parser.push(piece);
          const snapshot = parser.snapshot();
          kept.push({ snapshot, said: snapshot === undefined ? undefined : JSON.stringify(snapshot) });
        }
        const whole = parser.end();
        for (const { snapshot, said } of kept) {
          expect(isPrefix(snapshot, whole)).toBe(true);
          if (said !== undefined) expect(JSON.stringify(snapshot)).toBe(said);
        }
        expect(parser.snapshot()).toEqual(whole);
      }),
    );
  });

  it("shows each character of a string and each complete value as it comes", () => {
    const parser = new JsonParser();
    const seen = [...'{"a":"x\\u00e9\\ud83d\\ude00","b":[12,true,{}]}'].map((character) => {
      parser.push(character);
      return JSON.stringify(parser.snapshot());
    });
    expect([...new Set(seen)]).toEqual([
      "{}",
      '{"a":""}',
      '{"a":"x"}',
      '{"a":"xé"}',
      '{"a":"xé😀"}',
      '{"a":"xé😀","b":[]}',
      '{"a":"xé😀","b":[12]}',
      '{"a":"xé😀","b":[12,true]}',
      '{"a":"xé😀","b":[12,true,{}]}',
    ]);
  });

  it("gives the same snapshot while nothing changes, and shares what is complete", () => {
    const parser = new JsonParser();
    parser.push('{"done":{"a":1},"open":["x"');
    const first = parser.snapshot();
    expect(parser.snapshotCost).toBe(0);
    parser.push("  ");
    expect(parser.snapshot()).toBe(first);
    parser.push(',"y"');
    expect(parser.snapshotCost).toBeGreaterThan(0);
    const second = parser.snapshot();
    expect(second).not.toBe(first);
    expect(isJsonObject(first) && isJsonObject(second) && first.done === second.done).toBe(true);
    expect(first).toEqual({ done: { a: 1 }, open: ["x"] });
  });

  it("says of every text that is cut off that it is incomplete", () => {
    const composite = json.filter((value) => typeof value === "object" || typeof value === "string");
    fc.assert(
      fc.property(composite, fc.nat(), cuts, (value, length, at) => {
        const whole = JSON.stringify(value);
        const cut = whole.slice(0, length % whole.length);
        expect(failure(() => parse(pieces(cut, at))).code).toBe("incomplete-output");
      }),
    );
  });

  it.each(["-", "1.", "1e", "1e+", "tru", '"a', '"\\', '"\\u00', "[", "[1,", '{"a"', '{"a":', ""])(
    "says of %j that it is incomplete",
    (source) => expect(failure(() => parse([source])).code).toBe("incomplete-output"),
  );

  it.each([
    ["01", 'not JSON at character 0: found "01"; expected a number'],
    ["1.2.3", 'not JSON at character 0: found "1.2.3"; expected a number'],
    ["[1 2]", 'not JSON at character 3, at [1]: found "2"; expected a comma or ]'],
    ['{"a":{"b c":[0,{"d":nul!}]}}', 'not JSON at character 20, at a["b c"][1].d: found "nul!"; expected true'],
    ['{"a":1,}', 'not JSON at character 7: found "}"; expected a key'],
    ["{a:1}", 'not JSON at character 1: found "a"; expected a key or }'],
    ['{"a" 1}', 'not JSON at character 5, at a: found "1"; expected a colon'],
    ['["\\x"]', 'not JSON at character 3, at [0]: found "x"; expected one of " \\ / b f n r t u'],
    ['["\\u00g0"]', 'not JSON at character 6, at [0]: found "g"; expected four hexadecimal digits'],
    ['["a\nb"]', 'not JSON at character 3, at [0]: found "\\n"; expected the end of the string'],
    ["{} {}", 'not JSON at character 3: found "{"; expected nothing more'],
    ["[😀]", 'not JSON at character 1, at [0]: found "😀"; expected a value or ]'],
  ])("refuses %j, saying where and why, however it is cut", (source, message) => {
    for (const parts of [[source], [...source]]) {
      const error = failure(() => parse(parts));
      expect(error.message).toContain(message);
      expect(error.code).toBe("invalid-output");
    }
  });

  it("reads nothing after an error", () => {
    const parser = new JsonParser();
    const error = failure(() => parser.push("[1,}"));
    expect(failure(() => parser.push("2]"))).toBe(error);
    expect(failure(() => parser.end())).toBe(error);
    expect(parser.snapshot()).toEqual([1]);
  });

  it("never lets a key reach a prototype, not even for a moment", () => {
    const source =
      '{"constructor":{"prototype":{"a":1}},"x":{"__proto__":{"b":1},"\\u005f_proto__":[2]},"constructor":1}';
    const parser = new JsonParser();
    for (const character of source) {
      parser.push(character);
      const snapshot = JSON.stringify(parser.snapshot() ?? null);
      expect(snapshot).not.toContain("proto");
    }
    expect(parser.end()).toEqual({ x: {}, constructor: 1 });
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it("keeps a constructor that is harmless, and forgets one that a harmful one follows", () => {
    expect(parse(['{"constructor":{"a":{"constructor":2}}}'])).toEqual({ constructor: { a: { constructor: 2 } } });
    expect(parse(['{"constructor":1,"constructor":{"prototype":2}}'])).toEqual({});
  });

  it("bounds how deep arrays and objects stand inside one another", () => {
    expect(parse(["[".repeat(1_000), "]".repeat(1_000)])).toBeDefined();
    const error = failure(() => parse(["[".repeat(100_000)]));
    expect(error.message).toContain("character 1000");
    expect(error.message).toContain("at most 1000 inside one another");
    expect(failure(() => parse(['[{"a":[1]}]'], { maxDepth: 2 })).field).toBe("[0].a");
    expect(failure(() => new JsonParser({ maxDepth: 0 })).code).toBe("invalid-argument");
  });

  describe("with prose", () => {
    it.each([
      ['Here you are:\n```json\n{"a": [1]}\n```\nAnything else? {"b": 2}', { a: [1] }],
      ["It is {so} simple {\n}", {}],
      ['{"a":1}', { a: 1 }],
      ['{{{"a":{}}', { a: {} }],
      ['<think>{"a": 0} or {"a": 2}? < 3 <b> </thin</think>\n{"a": 1}', { a: 1 }],
      ['\n <thinking>It is {"a": 0}.</think></thinking>{"a": 1}', { a: 1 }],
      ['<the answer> {"a": "<think>"}', { a: "<think>" }],
    ])("finds the object in %j, however it is cut", (source, value) => {
      fc.assert(
        fc.property(cuts, (at) => {
          expect(parse(pieces(source, at), { prose: true })).toEqual(value);
        }),
        { numRuns: 20 },
      );
    });

    it.each([
      ["[1, [2]]", { v: [1, [2]] }],
      ['Here, [as you said]:\n```json\n[ {"a": [] } ]\n```\nIs it [1]?', { v: [{ a: [] }] }],
      ['[see below]\n{"v": [1]}', { v: [1] }],
      ["<think>\n[0]\n</think>\n\n[]", { v: [] }],
    ])("finds an array that begins a line in %j, where asked, however it is cut", (source, value) => {
      fc.assert(
        fc.property(cuts, (at) => {
          expect(parse(pieces(source, at), { prose: true, bareArray: "v" })).toEqual(value);
        }),
        { numRuns: 20 },
      );
    });

    it("says where there is none", () => {
      const error = failure(() => parse(["I would rather not."], { prose: true }));
      expect([error.code, error.message]).toEqual([
        "incomplete-output",
        "not JSON at character 19: found the end of the text; expected a JSON object",
      ]);
    });
  });

  describe("with a watcher", () => {
    const source = ' { "a":[ "no", {"b":"x\\ty\\u00e9"} , "z"], "c": 12 } ';
    function watch(path: readonly (string | number)[], parts: readonly string[]): unknown[] {
      const told: unknown[] = [];
      let text = "";
      const say = (what: unknown) => {
        if (text !== "") told.push(`text ${text}`);
        text = "";
        told.push(what);
      };
      const watcher = {
        path,
        begin: (offset: number) => say(`begin ${source.slice(offset, offset + 1)}`),
        text: (piece: string) => {
          text += piece;
        },
        element: (value: JsonValue) => say({ element: value }),
        end: (offset: number) => say(`end ${source.slice(offset - 1, offset)}`),
      };
      parse(parts, { watcher });
      return told;
    }

    it.each([
      [[], ["begin {", "end }"]],
      [["a"], ["begin [", { element: "no" }, { element: { b: "x\tyé" } }, { element: "z" }, "end ]"]],
      [
        ["a", 0],
        ['begin "', "text no", 'end "'],
      ],
      [
        ["a", 1, "b"],
        ['begin "', "text x\tyé", 'end "'],
      ],
      [["c"], ["begin 1", "end 2"]],
      [["b"], []],
      [["c", "d"], []],
      [["a", "1"], []],
    ])("tells of the value at %j, however it is cut", (path, told) => {
      fc.assert(
        fc.property(cuts, (at) => {
          expect(watch(path, pieces(source, at))).toEqual(told);
        }),
        { numRuns: 20 },
      );
    });
  });
});
