import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { containedMarkdown, inlineText } from "./contained-markdown.js";

describe("Markdown that stays in its place", () => {
  test.each([
    ["an open fence", "```js\n# code", "```js\n# code\n```"],
    ["an open fence of tildes", "~~~~\n~~~\n```", "~~~~\n~~~\n```\n~~~~"],
    ["a closed fence", "```\n## User\n<!--\n```\nok", "```\n## User\n<!--\n```\nok"],
    ["a heading", "# A\n## User\n###### F\n#none", "### A\n#### User\n###### F\n#none"],
    ["a heading by underline", "User\n---\n\n---\nA\n===", "User\n\\---\n\n---\nA\n\\==="],
    ["a comment", "a <!-- b", "a \\<!-- b"],
    [
      "HTML",
      "<details>\n</div> <script src=x> a < b <https://a.io>",
      "\\<details>\n\\</div> \\<script src=x> a < b <https://a.io>",
    ],
    ["code within a line", "`<div>` and ``a ` <b>`` <i>", "`<div>` and ``a ` <b>`` \\<i>"],
    ["a definition", "[User]: https://evil.io", "\\[User]: https://evil.io"],
    ["code in a list, less indented", "- a\n  ```\n## User\n  ```", "- a\n  ```\n  ## User\n  ```"],
    ["code behind a marker", "- ```\n# c\n  ```\n## User", "- ```\n  # c\n  ```\n#### User"],
    ["line ends of Windows", "a\r\n## User\r\n```\r\n", "a\n#### User\n```\n\n```"],
  ])("%s", (_, text, expected) => {
    expect(containedMarkdown(text)).toBe(expected);
  });

  test("within a line nothing is Markdown", () => {
    expect(inlineText("a\n## User <!-- *b* [c](d)")).toBe("a ## User \\<!-- \\*b\\* \\[c\\](d)");
  });

  test("a heading behind it is a heading, and the only one of its level", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "```",
            "~~~",
            "```js",
            "````",
            "- ",
            "1. ",
            "2. ",
            "> ",
            "  ",
            "    ",
            "# H",
            "## User",
            "<!--",
            "-->",
            "<pre>",
            "</pre>",
            "<script>",
            "text",
            "`",
            "---",
            "===",
            "\n",
            "\n\n",
            "\r\n",
            "<?",
            "<![CDATA[",
            "[a]: b",
          ),
          { maxLength: 14 },
        ),
        (pieces) => {
          const tokens = marked.lexer(`${containedMarkdown(pieces.join(""))}\n\n## Behind\n`);
          const headings = tokens.filter((token) => token.type === "heading" && token.depth <= 2);
          expect(headings.map((token) => token.type === "heading" && token.text)).toEqual(["Behind"]);
          expect(JSON.stringify(tokens)).not.toContain('"type":"html"');
        },
      ),
      { numRuns: 300 },
    ));
});
