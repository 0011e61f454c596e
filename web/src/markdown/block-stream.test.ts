import fc from "fast-check";
import type { Token } from "marked";
import { expect, test } from "vitest";
import { BlockStream, type Segment } from "./block-stream.js";
import { lex } from "./lex.js";

/** What is shown of a block: blank lines between blocks are not. */
function shown(tokens: readonly Token[]): unknown[] {
  return tokens
    .filter(({ type }) => type !== "space")
    .map((token) => {
      // Marked counts the blank lines before a closing fence in its own way.
      if (token.type === "code" && token.codeBlockStyle === undefined) {
        return { type: "code", lang: token.lang ?? "", text: token.text.trimEnd() };
      }
      const { raw, ...rest } = token;
      return { ...rest, raw: raw.trimEnd() };
    });
}
const tokensOf = (segments: readonly Segment[]) => segments.flatMap(({ blocks }) => blocks.map(({ token }) => token));

/** Pieces of Markdown that meet in every way. */
const line = fc.constantFrom(
  "A paragraph of words.",
  "**bold** and *soft* and `code`, $x^2$ for $5",
  "- one",
  "  - two",
  "1. first",
  "",
  "",
  "```ts",
  "```",
  "````",
  "~~~",
  "const a = `b`;",
  "    indented",
  "| a | b |",
  "|---|---|",
  "| 1 | 2 |",
  "> quoted",
  "# Title",
  "---",
  "===",
  "[a link][ref] and [b](https://example.com/(x))",
  "[ref]: https://example.com 'title'",
  "<div>",
  "</div>",
  "<!-- comment",
  "-->",
  "$$",
  "E = mc^2",
  "\\[ y",
  "\\]",
  "a\r",
);
const text = fc.array(line, { maxLength: 24 }).map((lines) => lines.join("\n"));

test("however a text is cut, its blocks are those of the whole", () => {
  fc.assert(
    fc.property(text, fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean())), (whole, cuts) => {
      const stream = new BlockStream();
      let at = 0;
      for (const [size, flush] of cuts) {
        stream.push(whole.slice(at, at + size));
        at += size;
        if (flush) stream.flush();
      }
      stream.push(whole.slice(at));
      expect(shown(tokensOf(stream.end()))).toEqual(shown(lex(whole)));
      expect(stream.toString()).toBe(whole);
    }),
    {
      numRuns: 400,
      examples: [
        [
          "1. first\n$$\n\n1. first",
          [
            [7, false],
            [7, true],
          ],
        ],
      ],
    },
  );
});

test("a segment that is full is never made again", () => {
  const stream = new BlockStream();
  let first: Segment | undefined;
  for (let i = 0; i < 100; i++) {
    stream.push(`Paragraph ${i}.\n\n`);
    const segments = stream.flush();
    if (segments.length < 2) continue;
    first ??= segments[0];
    expect(segments[0]).toBe(first);
  }
  expect(first?.blocks.length).toBeGreaterThan(0);
});

test("code in an open fence is told to its reader piece by piece, its end not at all", () => {
  const stream = new BlockStream();
  stream.push("Look:\n\n```ts\nconst a = 1;\n");
  const code = stream
    .flush()
    .flatMap(({ blocks }) => blocks)
    .at(-1)?.code;
  const told: string[] = [];
  code?.read({ append: (piece) => told.push(piece), close: () => told.push("closed") });
  for (const piece of ["let b", " = `2`;\n", "``", "`\nAfter."]) stream.push(piece);
  expect(told).toEqual(["const a = 1;\n", "let b", " = `2`;\n", "closed"]);
  expect(
    tokensOf(stream.end())
      .map(({ type }) => type)
      .filter((type) => type !== "space"),
  ).toEqual(["paragraph", "code", "paragraph"]);
});
