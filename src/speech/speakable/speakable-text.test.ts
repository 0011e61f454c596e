import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitSentences } from "../sentences/sentence-splitter.js";
import { type SpeakableOptions, SpeakableText } from "./speakable-text.js";

function spoken(markdown: string, options?: SpeakableOptions): string[] {
  const speakable = new SpeakableText(options);
  const said = splitSentences(markdown).map(({ text }) => speakable.next(text));
  return [...said, speakable.end()].filter((text) => text !== "");
}

describe("Markdown read aloud", () => {
  it.each([
    ["**Note:** this is *very* important.", "Note: this is very important."],
    ["Use `snake_case_names` and a*b.", "Use snake case names and a*b."],
    ["See [the docs](https://example.com/a_(b)) now.", "See the docs now."],
    ["See [the docs][1] now.", "See the docs now."],
    ["![A cat](cat.png) sleeps.", "image: A cat sleeps."],
    ["Go to https://www.example.com/a/b?c=1#d.", "Go to example.com."],
    ["Go to <https://example.com:8080/x>, then rest.", "Go to example.com, then rest."],
    ["This was shown [1, 2]. ", "This was shown."],
    ["This was shown.【4†source】", "This was shown."],
    ["Great! 👩‍👩‍👧‍👦🇩🇪👍🏽 ", "Great!"],
    ["Copyright © 2024™.", "Copyright © 2024™."],
    ["a < b &amp; c &gt; d", "a < b & c > d"],
    ["Line<br/>break <b>bold</b>.", "Line break bold."],
    ["1\\. Not a list \\*here\\*", "1. Not a list *here*"],
    ["# Title ##", "Title."],
    ["> - [x] done", "done."],
    ["~~gone~~ stays", "gone stays"],
    ["_under_ snake_case __bold__", "under snake_case bold"],
    ["\\(x + y\\)", "x + y"],
    ["If $x^2 = 4$, it costs $5 or $6.", "If x^2 = 4, it costs $5 or $6."],
    ["See www.example.org/a or ftp://files.example.org/b.", "See example.org or files.example.org."],
    ['Read [this][1].\n\n[1]: https://example.com "A title"\n', "Read this."],
    ["It is so.[^1]\n\n[^1]: As **they** said.", "It is so. As they said."],
    ["[Note]: hello there", "[Note]: hello there"],
    ["One\\\ntwo", "One two"],
    // anthropics/claude-code#73322: three backticks within a line are no block.
    ["```js``` opens a block. It goes on.", "js opens a block. It goes on."],
    ["Three ``` in a sentence. It goes on.", "Three in a sentence. It goes on."],
  ])("reads %j as %j", (markdown, expected) => {
    expect(spoken(markdown).join(" ")).toBe(expected);
  });

  it("says nothing where there is nothing to say", () => {
    for (const nothing of ["---", "***", "😀", "...", "  \n", "![](a.png)", "<br>", "**"])
      expect(spoken(nothing)).toEqual([]);
  });

  it("announces code, skips it or reads it", () => {
    const markdown = "Look:\n\n```js\nrun();\n\nstop();\n```\n\nDone.";
    expect(spoken(markdown)).toEqual(["Look:", "Code block in js.", "Done."]);
    expect(spoken(markdown, { code: "skip" })).toEqual(["Look:", "Done."]);
    expect(spoken(markdown, { code: "read" })).toEqual(["Look:", "run(); stop();", "Done."]);
  });

  it("announces code that stands in a list within a list", () => {
    expect(spoken("- one\n  - two\n    ```js\n    run();\n    ```\n  - three")).toEqual([
      "one.",
      "two.",
      "Code block in js.",
      "three.",
    ]);
  });

  it("cuts what begins with three backticks as any other line, where they are closed in it", () => {
    expect(spoken("```js``` opens a block. It goes on.\n\nAnd on.")).toEqual([
      "js opens a block.",
      "It goes on.",
      "And on.",
    ]);
  });

  it("keeps in mind that code is open when it comes in parts", () => {
    const speakable = new SpeakableText();
    expect(["```\na\n", "b\n", "```\n", "After."].map((part) => speakable.next(part))).toEqual([
      "Code block.",
      "",
      "",
      "After.",
    ]);
  });

  it("reads a table by row, with the names of its columns", () => {
    const table = "| Name | **Age** |\n|:--|--:|\n| Ann | 5 |\n| Bob \\| Co | |\n\nDone.";
    expect(spoken(table)).toEqual(["Name: Ann, Age: 5.", "Name: Bob | Co.", "Done."]);
    expect(spoken(table, { tables: "skip" })).toEqual(["Done."]);
    expect(spoken("| a | b |\n| c | d |")).toEqual(["a, b.", "c, d."]);
    expect(spoken("| a | b |")).toEqual(["a, b."]);
  });

  it("says units in words where that is asked for", () => {
    const options = { units: true };
    expect(spoken("It is -3.5 °C, 5 km away, 1 kg & costs $3.50.", options)).toEqual([
      "It is minus 3.5 degrees Celsius, 5 kilometers away, 1 kilogram and costs 3.50 dollars.",
    ]);
    expect(spoken("Up 10% to €2.5M in 2020–2024 → good", options)).toEqual([
      "Up 10 percent to 2.5 million euros in 2020 to 2024 to good",
    ]);
    expect(spoken("Chapter 5 maps 3 more.", options)).toEqual(["Chapter 5 maps 3 more."]);
  });

  it("leaves text alone that is not Markdown", () => {
    expect(spoken("*a* [b](c)\n", { markdown: false })).toEqual(["*a* [b](c)"]);
  });

  it("refuses settings that it does not know", () => {
    const misspelt: object = { codes: "skip" };
    expect(() => new SpeakableText(misspelt)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "codes" }),
    );
  });

  it("keeps every word of plain prose", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(spoken(`${words.join(" ")}.`).join(" ")).toBe(`${words.join(" ")}.`);
      }),
      { numRuns: 50, seed: 15 },
    );
  });
});
