import type { MarkedToken, Token, Tokens } from "marked";
import { readCharacterReferences } from "../../base/character-references.js";
import type { Style } from "../ansi.js";
import { shown } from "../io.js";
import { type Span, span } from "./span.js";

/** A terminal: a text gives it no commands, not even by a character reference. */
const TERMINAL = { isTTY: true };

/** A text of Markdown as a terminal may show it. */
export function clean(text: string): string {
  return shown(text, TERMINAL);
}

/** What is inside a paragraph, a heading or a cell. A line end in a text is a line end. */
export function inlineSpans(tokens: readonly Token[], ...styles: readonly Style[]): Span[] {
  return tokens.flatMap((token, index) => {
    const known = token as MarkedToken;
    if (known.type !== "em" || !isProduct(known.raw, tokens[index - 1]?.raw, tokens[index + 1]?.raw)) {
      return spansOf(known, styles);
    }
    return [prose("*", styles), ...inlineSpans(known.tokens, ...styles), prose("*", styles)];
  });
}

/** Whether stars multiply: `5*3*2` and `a*b*c` are what CommonMark takes for emphasis inside of a word. */
function isProduct(raw: string, before = "", after = ""): boolean {
  return /[A-Za-z0-9_)\]]$/.test(before) && /^\*[^*\s]+\*$/.test(raw) && /^[A-Za-z0-9_([]/.test(after);
}

function spansOf(token: MarkedToken, styles: readonly Style[]): Span[] {
  switch (token.type) {
    case "text":
      return token.tokens === undefined
        ? [prose(readCharacterReferences(token.text), styles)]
        : inlineSpans(token.tokens, ...styles);
    case "escape":
      return [prose(token.text, styles)];
    case "strong":
      return inlineSpans(token.tokens, ...styles, "bold");
    case "em":
      return inlineSpans(token.tokens, ...styles, "italic");
    case "del":
      return inlineSpans(token.tokens, ...styles, "strike");
    case "codespan":
      return [prose(token.text, [...styles, "cyan"])];
    case "br":
      return [span("\n")];
    case "link":
      return linkSpans(token, styles);
    case "image":
      return [prose(token.text || "image", [...styles, "italic"]), address(token.href)];
    // The item that it belongs to shows it.
    case "checkbox":
      return [];
    default:
      return /^<br *\/?>$/i.test(token.raw) ? [span("\n")] : [prose(token.raw, styles)];
  }
}

/** A link: what is to be read, underlined, and where it goes to where that is not the same. */
function linkSpans({ tokens, href, text }: Tokens.Link, styles: readonly Style[]): Span[] {
  const name = inlineSpans(tokens, ...styles, "underline");
  if (href === "" || [text, `mailto:${text}`, `http://${text}`].includes(href)) return name;
  return [...name, address(href)];
}

function address(href: string): Span {
  return span(` (${clean(readCharacterReferences(href)).replaceAll("\n", "")})`, "dim");
}

function prose(text: string, styles: readonly Style[]): Span {
  return { text: clean(text).replaceAll("\t", "    ").replace(/\n +/g, "\n"), styles };
}
