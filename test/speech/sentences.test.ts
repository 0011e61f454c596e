import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { SentenceSplitter, splitSentences } from "../../src/speech/sentences/sentence-splitter.js";

/** Rules of pragmatic_segmenter (MIT), kept beside the project; see the issue of the speech folder. */
const RULES = new URL("../../../shared/golden-rules-en.json", import.meta.url);

interface Rule {
  id: number;
  text: string;
  expected: string[];
}

/** Texts and their sentences; the first line of a file says what it holds. */
const read = (file: string) =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.replaceAll("\\n", "\n").split("¦"));
const cases = read("./llm-sentences.txt");
const others = read("./other-languages.txt");

/** The sentences of a text that comes in pieces which end at these places. */
function inPieces(text: string, cuts: readonly number[]): string[] {
  const splitter = new SentenceSplitter();
  const found: string[] = [];
  let from = 0;
  for (const to of [...cuts, text.length]) {
    found.push(...splitter.push(text.slice(from, to)).map((sentence) => sentence.text));
    from = to;
  }
  found.push(...splitter.end().map((sentence) => sentence.text));
  return found;
}

const everyCharacter = (text: string) => Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => index + 1);

describe("sentences that models write", () => {
  it("are at least a hundred texts", () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
  });

  it.each(cases.map((expected) => [expected.join(""), expected] as const))("%j", (text, expected) => {
    expect(splitSentences(text).map((sentence) => sentence.text)).toEqual(expected);
    expect(inPieces(text, everyCharacter(text))).toEqual(expected);
  });
});

describe("sentences in other languages", () => {
  it.each(others.map((expected) => [expected.join(""), expected] as const))("%j", (text, expected) => {
    expect(splitSentences(text).map((sentence) => sentence.text)).toEqual(expected);
    expect(inPieces(text, everyCharacter(text))).toEqual(expected);
  });
});

test.skipIf(!existsSync(RULES))(
  "the English Golden Rules are kept, whatever the pieces (skipped where the file is missing)",
  () => {
    const { rules } = JSON.parse(readFileSync(RULES, "utf8")) as { rules: Rule[] };
    const plain = (text: string) => text.replace(/\s+/g, " ").trim();
    const broken = rules.filter(({ text, expected }) => {
      const found = splitSentences(text).map((sentence) => plain(sentence.text));
      expect(inPieces(text, everyCharacter(text)).map(plain)).toEqual(found);
      return JSON.stringify(found) !== JSON.stringify(expected.map(plain));
    });
    expect(rules).toHaveLength(52);
    expect(broken.map((rule) => rule.id)).toEqual([]);
  },
);

describe("any text", () => {
  const fragment = fc.constantFrom(
    ...[...cases, ...others].map((parts) => parts.join("")),
    ...[
      " ",
      "\n",
      "\n\n",
      ".",
      "...",
      ". . .",
      "!",
      "?",
      "`",
      "```",
      "\n```\n",
      "1) ",
      "2) ",
      "a. ",
      "b. ",
      "• ",
      "- ",
      "| ",
    ],
    ...[
      "A",
      "I",
      "a.m. ",
      "No. ",
      "5",
      "Mr. ",
      "U.S. ",
      "the ",
      "The ",
      "(",
      ")",
      "[1]",
      '"',
      "。",
      "」",

      "《",
      "》",
      "３．",
      "« ",
      " »",
      "\u00a0»",
      "„",
      "“",
      "»",
      "; ",
      "Καλά",
      "J. ",
      "K. ",
      "am 24. ",
      "der 2. ",
      "Dr. med. ",
      "…",
      "\r\n",
      "\t",
    ],
  );
  const text = fc.oneof(
    fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join("")),
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc
      .array(fc.tuple(fragment, fc.nat(70)), { maxLength: 3 })
      .map((runs) => runs.map(([part, n]) => part.repeat(n)).join("")),
  );

  it("is cut alike whatever the pieces it comes in, and its sentences joined are the text", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(400), { maxLength: 12 }), (whole, places) => {
        const cuts = places.filter((place) => place < whole.length).sort((a, b) => a - b);
        const expected = splitSentences(whole).map((sentence) => sentence.text);
        expect(expected.join("")).toBe(whole);
        expect(inPieces(whole, cuts)).toEqual(expected);
        expect(inPieces(whole, everyCharacter(whole))).toEqual(expected);
      }),
      { numRuns: 300, seed: 15 },
    );
  });

  it("has sentences that say where they stand in it", () => {
    fc.assert(
      fc.property(text, (whole) => {
        for (const { text: sentence, start, end } of splitSentences(whole))
          expect(whole.slice(start, end)).toBe(sentence);
      }),
      { numRuns: 100, seed: 15 },
    );
  });

  it("may be cut by a reader who cannot wait, and goes on after that", () => {
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(40), fc.nat(30)), { maxLength: 10 }), (whole, steps) => {
        const splitter = new SentenceSplitter();
        const found: string[] = [];
        let at = 0;
        for (const [size, length] of steps) {
          for (const sentence of splitter.push(whole.slice(at, at + size))) found.push(sentence.text);
          at = Math.min(whole.length, at + size);
          const cut = splitter.cut(length);
          if (cut !== undefined) found.push(cut.text);
        }
        for (const sentence of [...splitter.push(whole.slice(at)), ...splitter.end()]) found.push(sentence.text);
        expect(found.join("")).toBe(whole);
      }),
      { numRuns: 200, seed: 15 },
    );
  });
});

it("keeps a long sentence whole, and tells what of it has come", () => {
  const splitter = new SentenceSplitter();
  const piece = "word and ";
  for (let i = 0; i < 3_000; i++) expect(splitter.push(piece)).toEqual([]);
  expect(splitter.pending).toHaveLength(27_000);
  const [sentence] = splitter.push("the end. Next");
  expect(sentence?.text).toHaveLength(27_009);
  expect(splitter.end()).toEqual([{ text: "Next", start: 27_009, end: 27_013 }]);
});
