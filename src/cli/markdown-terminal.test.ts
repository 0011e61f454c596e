import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.js";
import { cut, lengths, pieces } from "../../test/support/markdown-pieces.js";
import { TerminalScreen } from "../../test/support/terminal-screen.js";
import { MarkdownTerminal } from "./markdown-terminal.js";

/** A terminal that shows what is pushed; every push is followed by a picture. */
function begin(columns: number, rows = 24, live = true, reflow: "all" | "but-cursor" = "all") {
  const screen = new TerminalScreen(columns, rows, reflow === "all");
  const clock = new ManualClock();
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    screen.write(text);
  };
  const markdown = new MarkdownTerminal(write, { size: () => screen.size, live, reflow, clock });
  const push = (text: string) => {
    markdown.push(text);
    clock.advance(50);
  };
  return { screen, markdown, written, push };
}

async function show(pieces: readonly string[], columns = 80): Promise<string> {
  const { screen, markdown, push } = begin(columns);
  for (const piece of pieces) push(piece);
  markdown.end();
  return (await screen.lines()).join("\n");
}

/** A document of words that it is given. */
type Write = (word: () => string) => string;

const sentence = (least: number, most: number): fc.Arbitrary<Write> =>
  fc
    .array(fc.constantFrom("", "**", "*", "`", "_", "~~"), { minLength: least, maxLength: most })
    .map((marks) => (word) => marks.map((mark) => mark + word() + mark).join(" "));

const paragraph = fc.oneof({ weight: 4, arbitrary: sentence(1, 30) }, { weight: 1, arbitrary: sentence(150, 250) });

const code = fc
  .tuple(fc.constantFrom("```", "~~~js", "````py"), fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }))
  .map(
    ([fence, lines]): Write =>
      (word) => {
        const written = lines.map(
          (count) => " ".repeat(count) + Array.from({ length: count }, () => `*${word()}*`).join(" "),
        );
        return [fence, ...written, fence.replace(/[a-z]+$/, "")].join("\n");
      },
  );

const table = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 30 })).map(
  ([columns, rows]): Write =>
    (word) => {
      const row = () => `| ${Array.from({ length: columns }, word).join(" | ")} |`;
      return [row(), `|${"---|".repeat(columns)}`, ...Array.from({ length: rows }, row)].join("\n");
    },
);

const { block } = fc.letrec<{ block: Write; list: Write; quote: Write }>((tie) => ({
  block: fc.oneof({ maxDepth: 3, depthSize: "small" }, paragraph, code, table, tie("list"), tie("quote")),
  list: fc
    .tuple(
      fc.boolean(),
      fc.array(fc.tuple(sentence(1, 12), fc.array(tie("block"), { maxLength: 2 })), { minLength: 1, maxLength: 5 }),
    )
    .map(
      ([ordered, items]): Write =>
        (word) =>
          items
            .map(([first, blocks], index) => {
              const marker = ordered ? `${index + 1}. ` : "- ";
              const lines = [first(word), ...blocks.map((write) => write(word))].join("\n\n").split("\n");
              return marker + lines.join(`\n${" ".repeat(marker.length)}`);
            })
            .join("\n"),
    ),
  quote: fc.array(tie("block"), { minLength: 1, maxLength: 3 }).map(
    (blocks): Write =>
      (word) =>
        `> ${blocks
          .map((write) => write(word))
          .join("\n\n")
          .split("\n")
          .join("\n> ")}`,
  ),
}));

const documents = fc.array(block, { minLength: 1, maxLength: 3 }).map(
  (blocks): Write =>
    (word) =>
      blocks.map((write) => write(word)).join("\n\n"),
);

describe("Markdown in a terminal", () => {
  test.each([
    ["a heading", "# Title\ntext", "Title\ntext"],
    ["a heading that is underlined", "Title\n=====\n\ntext", "Title\n\ntext"],
    ["emphasis", "**bold** and *soft* and __both__ _ways_ ~~gone~~", "bold and soft and both ways gone"],
    [
      "signs that are none",
      "2 * 3 ** 4, snake_case_name, rm *.tmp *.bak",
      "2 * 3 ** 4, snake_case_name, rm *.tmp *.bak",
    ],
    ["code", "use `npm *test*` here", "use npm *test* here"],
    ["products", "5*3*2 and a*b*c, but 漢*字*仮", "5*3*2 and a*b*c, but 漢字仮"],
    [
      "formulas, as they are written",
      "\\( \\frac{a}{b} \\), \\[ x_1*y*z \\] and $a_i * b_i$\n\n$$\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$",
      "\\( \\frac{a}{b} \\), \\[ x_1*y*z \\] and $a_i * b_i$\n\n$$\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$",
    ],
    ["prices", "from $5 to $10, **$800** and ~5 to ~6", "from $5 to $10, $800 and ~5 to ~6"],
    ["bold beside CJK", "これは**「太字」**です。**굵은(bold)**은", "これは「太字」です。굵은(bold)은"],
    ["a fence", "```js\nconst a = **1**;\n\n# no\n```\nafter", "[js]\nconst a = **1**;\n\n# no\nafter"],
    [
      "a fence in a list",
      "1. First:\n   ```py\n   def f(*a, **k):\n       x\n   ```\n2. Next",
      "1. First:\n   [py]\n   def f(*a, **k):\n       x\n2. Next",
    ],
    [
      "a fence whose code is not indented",
      "1. Do:\n   ```sh\nrm *.tmp\n\n# c\n```\n2. Next",
      "1. Do:\n   [sh]\n   rm *.tmp\n\n   # c\n2. Next",
    ],
    ["a fence that never closes", "```\na\n``", "a\n``"],
    ["indented code", "So:\n\n    rm *a* _b_ **c**\n\nDone.", "So:\n\nrm *a* _b_ **c**\n\nDone."],
    ["lists", "- one\n  * two\n    1. three\n- four", "• one\n  • two\n    1. three\n• four"],
    ["numbers go on", "3. a\n3. b\n3. c\n3. d\n3. e", "3. a\n4. b\n5. c\n6. d\n7. e"],
    ["tasks", "- [ ] todo\n- [x] done", "☐ todo\n☑ done"],
    ["a quote", "> said\n> - one\n>\n> > two\n\nafter", "│ said\n│ • one\n│\n│ │ two\n\nafter"],
    ["a link", "see [the docs](https://a.b/c) or [this]", "see the docs (https://a.b/c) or [this]"],
    ["a link that is its address", "<https://a.b/c> www.d.e", "https://a.b/c www.d.e"],
    ["a picture", "![a cat](https://a.b/c.png)", "a cat (https://a.b/c.png)"],
    ["escapes and references", "\\*not\\* \\d &amp; &lt;b&gt; &copy;", "*not* \\d & <b> ©"],
    ["HTML", "<div>\n<b>x</b>\n</div>\n\na <i>b</i>", "<div>\n<b>x</b>\n</div>\n\na <i>b</i>"],
    ["breaks", "one  \ntwo\\\nthree\nfour<br>five", "one\ntwo\nthree\nfour\nfive"],
    ["a definition", "[a]: https://b.c", "[a]: https://b.c"],
    ["an empty item", "- \n- b", "•\n• b"],
    ["a table", "| a | b |\n|---|--:|\n| 1 | 22222 |\n", "a │     b\n──┼──────\n1 │ 22222"],
    ["a table with cells missing", "| a | b |\n|---|---|\n| 1 |\n", "a │ b\n──┼──\n1 │"],
    ["a head alone", "| a | b |\n", "| a | b |"],
    ["many blank lines", "a\n\n\n\nb", "a\n\nb"],
  ])("%s", async (_what, text, screen) => {
    const trimmed = (shown: string) => shown.replace(/ +$/gm, "");
    expect(trimmed(await show([text]))).toBe(screen);
    expect(trimmed(await show([...text]))).toBe(screen);
  });

  test("words go to the next line, under the text of their item or quote", async () => {
    const text = "- one two three four five six\n\n> one two three four five six\n\n10. one two three four five";
    expect(await show([text], 16)).toBe(
      "• one two three\n  four five six\n\n│ one two three\n│ four five six\n\n10. one two\n    three four\n    five",
    );
  });

  test("an address stays whole, for the terminal to break and the hand to click", async () => {
    const url = `https://a.b/${"c".repeat(60)}`;
    expect(await show([`see ${url} now`], 40)).toBe(`see\n${url}\nnow`);
  });

  test("wide characters are measured; texts without blanks break between them, and not before a full stop", async () => {
    expect(await show(["漢字仮名交じり文。次"], 16)).toBe("漢字仮名交じり\n文。次");
    expect(await show(["| 漢字 | b |\n|---|---|\n| a | 😀 |"])).toBe("漢字 │ b\n─────┼───\na    │ 😀");
  });

  test("columns shrink to the width, the widest first; with no room a row is a list", async () => {
    const table = `| n | text |\n|---|---|\n| 1 | ${"word ".repeat(12)}|\n| 2 | b |\n`;
    const lines = (await show([table], 40)).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => line.startsWith("──┼"))).toHaveLength(2);
    const wide = `|${" head |".repeat(8)}\n|${"---|".repeat(8)}\n|${" cell |".repeat(8)}\n`;
    expect((await show([wide], 20)).split("\n").slice(0, 2)).toEqual(["head: cell", "head: cell"]);
  });

  test("a long table goes on in its columns, row by row", async () => {
    const rows = Array.from({ length: 60 }, (_, index) => `| ${index} | row ${index} |`);
    const shown = (await show(cut(`| a | b |\n|---|---|\n${rows.join("\n")}\n\nafter`, [7]))).split("\n");
    expect(shown).toHaveLength(64);
    expect(new Set(shown.slice(0, 62).map((line) => line.search(/[│┼]/))).size).toBe(1);
    expect(shown.at(-1)).toBe("after");
  });

  test("emphasis is shown before its end is there, and what is shown at once stays", async () => {
    const { screen, push } = begin(40);
    push("a **bold wo");
    expect(await screen.lines()).toEqual(["a bold wo"]);
    push("rd** and `co");
    expect(await screen.lines()).toEqual(["a bold word and co"]);
  });

  test("a character that was cut is whole", async () => {
    expect(await show(["a\ud83d", "\ude00 e", "\u0301"])).toBe("a😀 e\u0301");
    expect(await show(["```\n\ud83d", "\ude00"])).toBe("😀");
  });

  test("a text that is only added to is not written twice", () => {
    const { written, push } = begin(40);
    for (const piece of ["Hello", " wor", "ld"]) push(piece);
    expect(written).toEqual(["Hello", " wor", "ld"]);
  });

  test("without a terminal that can draw anew, only what is settled is written", () => {
    const { written, markdown, push } = begin(40, 24, false);
    for (const piece of ["Hel", "lo *wor", "ld*\n\n# Ti", "tle\n\nmore\n\n"]) push(piece);
    markdown.end();
    expect(written.join("")).not.toMatch(/\r|\[\d*[AJ]/);
  });

  test("another text may follow the end of one", async () => {
    const { screen, markdown, push } = begin(40);
    push("1. one\n   ```\n   code");
    markdown.end();
    push("two");
    markdown.end();
    expect(await screen.lines()).toEqual(["1. one", "   code", "two"]);
  });
});

describe("a terminal whose size changes", () => {
  test.each([
    [80, 40],
    [40, 80],
    [80, 23],
  ])("from %i columns to %i in the middle of a paragraph", async (from, to) => {
    const { screen, markdown, push } = begin(from);
    const words = Array.from({ length: 60 }, (_, index) => `w${index}x`);
    push("# Head\n\n- item\n\n");
    for (const word of words.slice(0, 30)) push(`${word} `);
    await screen.resize(to, 24);
    for (const word of words.slice(30)) push(`${word} `);
    markdown.end();
    const text = (await screen.lines()).join(" ");
    expect(text.match(/w\d+x/g)).toEqual(words);
    expect(text.match(/Head/g)).toHaveLength(1);
  });

  test.each([8, 4])("that becomes %i rows low loses and doubles nothing", async (rows) => {
    const { screen, markdown, push } = begin(40, 24);
    const words = Array.from({ length: 120 }, (_, index) => `w${index}x`);
    push("# Head\n\n".repeat(10));
    for (const word of words.slice(0, 70)) push(`${word} `);
    await screen.resize(40, rows);
    for (const word of words.slice(70)) push(`${word} `);
    markdown.end();
    const text = (await screen.lines()).join(" ");
    expect(text.match(/w\d+x/g)).toEqual(words);
    expect(text.match(/Head/g)).toHaveLength(10);
  });

  test.each(["all", "but-cursor"] as const)("in the middle of a long table; %s lines reflow", async (reflow) => {
    const { screen, markdown, push } = begin(80, 24, true, reflow);
    push("| a | b |\n|---|---|\n");
    for (let row = 0; row < 40; row++) {
      if (row === 30) await screen.resize(40, 24);
      push(`| a${row}x | ${"word ".repeat(10)}b${row}x |\n`);
    }
    markdown.end();
    const text = (await screen.lines()).join("\n");
    for (let row = 0; row < 40; row++)
      for (const cell of ["a", "b"]) expect(text.split(`${cell}${row}x`)).toHaveLength(2);
  });
});

describe("hostile text", () => {
  test.each([
    ["the clipboard", "\u001b]52;c;aGk=\u0007"],
    ["a link that lies", "\u001b]8;;https://evil\u001b\\good\u001b]8;;\u001b\\"],
    ["a cleared screen", "\u001b[2J\u009b2J"],
    ["a title", "\u009d0;title\u009c"],
    ["references to controls", "&#27;[2J &#x1b;]0;t&#7; &#155;2J"],
    ["a code span", "`&#27;\u001b[2J`"],
    ["a fence", "```\u001b[2J\n\u001b[2J&#27;\n```"],
    ["an address", "[a](http://b/\u001b]0;t) ![c](<\u001b[2J>)"],
    ["a table", "| \u001b[2J | &#27;c |\n|---|---|\n| \u009b2J | &#x9b;2J |"],
    ["HTML", "<b \u001b[2J>\n\n<div>\u001b[2J</div>"],
  ])("%s never reaches the terminal", (_what, text) => {
    for (const pieces of [[text], [...text]]) {
      const { written, markdown, push } = begin(60);
      for (const piece of pieces) push(piece);
      markdown.end();
      const ours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[AJm]`, "g");
      expect(written.join("").replace(ours, "")).not.toMatch(/(?![\n\r])\p{Cc}/u);
    }
  });
});

describe("however it is cut", () => {
  test("the screen is the same in the end", () =>
    fc.assert(
      fc.asyncProperty(pieces, lengths, fc.integer({ min: 12, max: 100 }), async (parts, sizes, columns) => {
        const text = parts.join("");
        expect(await show(cut(text, sizes), columns)).toBe(await show([text], columns));
      }),
      { numRuns: 150 },
    ));

  test("each word is there once, and in its place", () =>
    fc.assert(
      fc.asyncProperty(
        documents,
        fc.integer({ min: 3, max: 80 }),
        fc.integer({ min: 60, max: 120 }),
        async (write, size, columns) => {
          let words = 0;
          const text = write(() => `w${String(words++).padStart(4, "0")}x`);
          // Each piece paints the screen: a long text comes in longer ones.
          const shown = await show(cut(text, [Math.max(size, Math.ceil(text.length / 300))]), columns);
          const seen = shown.match(/w\d{4}x/g) ?? [];
          expect(seen).toEqual(Array.from({ length: words }, (_, index) => `w${String(index).padStart(4, "0")}x`));
          expect(shown).toBe(await show([text], columns));
        },
      ),
      { numRuns: 15 },
    ));
});
