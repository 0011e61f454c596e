import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MarkdownTerminal } from "./markdown-terminal.js";

function show(pieces: readonly string[]): string {
  let shown = "";
  const terminal = new MarkdownTerminal((text) => {
    shown += text;
  });
  for (const piece of pieces) terminal.push(piece);
  terminal.end();
  return shown;
}

const STYLE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`, "g");
const plain = (text: string) => text.replace(STYLE, "");

const markdown = fc.array(
  fc.oneof(
    fc.constantFrom(
      "# ",
      "## ",
      "**",
      "*",
      "_",
      "`",
      "```",
      "```js\n",
      "\n",
      "\n\n",
      "- ",
      "1. ",
      "> ",
      "[a](http://b.c)",
      "[",
      "](",
      "\\",
      "| a |",
      "~~~",
    ),
    fc.constantFrom("word", " ", "two words ", "é", "漢字", "😀", "snake_case", "2 * 3", "10."),
  ),
  { maxLength: 30 },
);

describe("Markdown in a terminal", () => {
  test.each([
    ["a heading", "# Title\ntext", "Title\ntext"],
    ["emphasis", "**bold** and *soft* and __both__ _ways_", "bold and soft and both ways"],
    ["signs that are none", "2 * 3 ** 4, snake_case_name, a*b", "2 * 3 ** 4, snake_case_name, a*b"],
    ["code", "use `npm *test*` here", "use npm *test* here"],
    ["a fenced block", "```js\nconst a = **1**;\n# no\n```\nafter", "[js]\nconst a = **1**;\n# no\nafter"],
    ["lists", "- one\n  * two\n1. three\n", "• one\n  • two\n1. three\n"],
    ["a quote", "> said\n", "│ said\n"],
    ["a link", "see [the docs](https://a.b/c) or [this]", "see the docs (https://a.b/c) or [this]"],
    ["escapes", "\\*not\\* \\d", "*not* \\d"],
    ["a table", "| a | b |\n|---|---|\n", "| a | b |\n|---|---|\n"],
  ])("%s", (_what, text, shown) => {
    expect(plain(show([text]))).toBe(shown);
  });

  test("looks the same however it arrives", () =>
    fc.assert(
      fc.property(markdown, (pieces) => {
        const text = pieces.join("");
        expect(show([...text])).toBe(show([text]));
        expect(show(pieces)).toBe(show([text]));
      }),
      { numRuns: 500 },
    ));

  test("ends every style that it begins", () =>
    fc.assert(
      fc.property(markdown, (pieces) => {
        const open = new Set<string>();
        const ends: Record<string, string[]> = { 22: ["1", "2"], 23: ["3"], 24: ["4"], 39: ["36"] };
        for (const [, code = ""] of show(pieces).matchAll(STYLE)) {
          if (code in ends) for (const style of ends[code] ?? []) open.delete(style);
          else open.add(code);
        }
        expect([...open]).toEqual([]);
      }),
    ));

  test("says ordinary text at once", () => {
    const shown: string[] = [];
    const terminal = new MarkdownTerminal((text) => shown.push(text));
    terminal.push("Hello");
    terminal.push(" wor");
    expect(shown).toEqual(["Hello", " wor"]);
  });
});

describe("code is never altered", () => {
  const shown = (text: string, cut: number): string => {
    let out = "";
    const terminal = new MarkdownTerminal((piece) => {
      out += piece;
    });
    for (let at = 0; at < text.length; at += cut) terminal.push(text.slice(at, at + cut));
    terminal.end();
    return stripVTControlCharacters(out);
  };

  test.each([
    ["stars that nothing closes", "Run rm *.tmp *.bak now.\n"],
    ["arguments", "def f(*args, **kwargs) is one.\n"],
    ["names with underscores", "Set _x, then snake_case_name.\n"],
    ["a fence in a list", "1. First:\n   ```py\n   def f(*args, **kwargs):\n       return _x_\n   ```\n"],
    ["indented code", "So:\n\n    rm *a* _b_ **c**\n\tx = a*b*c\n\nDone.\n"],
  ])("%s", (_, text) => {
    for (const cut of [1, 2, 3, 7, 1_000]) {
      const out = shown(text, cut);
      for (const code of text.match(/[^\s`:]*[*_][^\s`]*/g) ?? []) expect(out).toContain(code);
    }
  });
});
