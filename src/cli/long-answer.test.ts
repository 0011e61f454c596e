import { Lexer } from "marked";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.js";
import { cut } from "../../test/support/markdown-pieces.js";
import { TerminalScreen } from "../../test/support/terminal-screen.js";
import { MarkdownTerminal } from "./markdown-terminal.js";

describe("a long answer", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ["one paragraph", (words: string[]) => words.join(" ")],
    ["one paragraph with a star that nothing closes", (words: string[]) => `*${words.join(" ")}`],
    ["one word", (words: string[]) => words.join("")],
    ["one fence", (words: string[]) => `\`\`\`\n${words.join("\n")}`],
    ["one line in a fence", (words: string[]) => `\`\`\`\n${words.join(" ")}`],
    ["one fence in an item", (words: string[]) => `- a\n  \`\`\`\n  ${words.join("\n  ")}`],
    ["one list", (words: string[]) => `- ${words.join("\n- ")}`],
    ["one item", (words: string[]) => `1. ${words.join("\n\n   ")}`],
    ["one quote", (words: string[]) => `> ${words.join("\n> ")}`],
    ["one table", (words: string[]) => `| a |\n|---|\n| ${words.join(" |\n| ")} |`],
    ["indented code", (words: string[]) => `    ${words.join("\n    ")}`],
    ["lines of HTML", (words: string[]) => `<div>\n${words.join("\n")}`],
  ])("of %s costs what is linear, and is there to the last word", async (_what, write) => {
    let lexed = 0;
    const lex = Lexer.prototype.lex;
    vi.spyOn(Lexer.prototype, "lex").mockImplementation(function (this: Lexer, text: string) {
      lexed += text.length;
      return lex.call(this, text);
    });
    const words = Array.from({ length: 6_000 }, (_, index) => `w${String(index).padStart(4, "0")}x`);
    const text = write(words);
    let out = 0;
    const screen = new TerminalScreen(80, 24);
    const clock = new ManualClock();
    const written: string[] = [];
    const markdown = new MarkdownTerminal(
      (shown) => {
        out += shown.length;
        written.push(shown);
      },
      { size: () => screen.size, live: true, clock },
    );
    // A model that writes 3,000 characters a second.
    for (const piece of cut(text, [3])) {
      markdown.push(piece);
      clock.advance(1);
    }
    markdown.end();
    screen.write(written.join(""));
    const seen = (await screen.lines()).join("").match(/w\d{4}x/g) ?? [];
    expect(seen).toEqual(words);
    // Of a line that is looked at when it ends, as much is read as waits: never more than a few thousand characters.
    expect(lexed).toBeLessThan(text.length * 100);
    expect(out).toBeLessThan(text.length * 40);
  });
});
