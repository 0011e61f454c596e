import fc from "fast-check";
import { Lexer, Marked, type MarkedToken, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { readAsModelsWrite } from "./markdown-rules.js";

const GRAMMAR = new Marked({ gfm: true }).defaults;

function read(text: string): string {
  return outline(readAsModelsWrite(new Lexer(GRAMMAR)).lex(text));
}

/** Tokens as a text: what is strong is in <b>, and so on. */
function outline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const known = token as MarkedToken;
      switch (known.type) {
        case "strong":
          return `<b>${outline(known.tokens)}</b>`;
        case "em":
          return `<i>${outline(known.tokens)}</i>`;
        case "del":
          return `<s>${outline(known.tokens)}</s>`;
        case "link":
          return `<${known.href}>`;
        case "codespan":
          return `<code>${known.text}</code>`;
        case "paragraph":
          return outline(known.tokens);
        default:
          return known.raw;
      }
    })
    .join("");
}

describe("Markdown as models write it", () => {
  it.each([
    // vercel/streamdown#185, markedjs/marked#3838, #3617: by CommonMark's own rules, what is between is bold, or signs are left.
    ["**「太字」**の後に文字。これは**重要。**です。", "<b>「太字」</b>の後に文字。これは<b>重要。</b>です。"],
    ["**굵은 글씨(bold)**은", "<b>굵은 글씨(bold)</b>은"],
    ["他说**“引用”**和*强调。*然后", "他说<b>“引用”</b>和<i>强调。</i>然后"],
    ["中文.**粗体**后", "中文.<b>粗体</b>后"],
    ["这是**`code`**的", "这是<b><code>code</code></b>的"],
    ["**加粗：**内容", "<b>加粗：</b>内容"],
    ["***「太」***の", "<i><b>「太」</b></i>の"],
    ["**https://example.com/28031**。做", "<b><https://example.com/28031></b>。做"],
    ["月成本 **$148+ → $19**（省 **87%**）", "月成本 <b>$148+ → $19</b>（省 <b>87%</b>）"],
  ])("emphasis beside CJK: %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    // markedjs/marked#3337, earendil-works/pi#2332.
    ["~5 to ~6, H~2~O", "~5 to ~6, H~2~O"],
    ["age(1~3), hight(80~100)", "age(1~3), hight(80~100)"],
    ["~~gone~~ and ~~「x」~~の", "<s>gone</s> and <s>「x」</s>の"],
    ["~~5 ~ 6~~", "<s>5 ~ 6</s>"],
  ])("tildes: %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    // markedjs/marked#3597, openchamber/openchamber#3039.
    ["https://example.com/a，then", "<https://example.com/a>，then"],
    ["（https://example.com/b）and", "（<https://example.com/b>）and"],
    ["https://example.com/c。Done", "<https://example.com/c>。Done"],
    ["“https://example.com/d”", "“<https://example.com/d>”"],
    ["www.example.com、b", "<http://www.example.com>、b"],
    ["https://zh.wikipedia.org/wiki/水闸 ok", "<https://zh.wikipedia.org/wiki/水闸> ok"],
    ["(https://example.com/x_(y))", "(<https://example.com/x_(y)>)"],
  ])("addresses: %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("reads all else as marked does", () => {
    const piece = fc.constantFrom(
      "a",
      "b c",
      " ",
      "*",
      "**",
      "***",
      "_",
      "__",
      ".",
      "(",
      ")",
      "`x`",
      "~~",
      "é",
      "\n",
      "[l](u)",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join("");
        expect(read(text)).toBe(outline(new Lexer(GRAMMAR).lex(text)));
      }),
    );
  });
});
