import type { MarkedToken, Token, Tokens } from "marked";
import { clean, inlineSpans } from "./inline.js";
import { plainOf, type Span, type Spans, span, spanColumns } from "./span.js";
import { tableLines } from "./table.js";
import { wrap } from "./wrap.js";

/** The longest line across. */
const LONGEST_RULE = 40;
export const QUOTE = span("│ ", "dim");

/** Whether anything stands above, and whether a blank line is due before what follows. */
export interface Above {
  printed: boolean;
  blank: boolean;
}

/** Lays blocks out in lines of a width. `above` is what the blocks before left, and becomes what these leave. */
export function blockLines(tokens: readonly Token[], width: number, above: Above): Span[][] {
  const lines: Span[][] = [];
  for (const token of tokens) {
    if (token.type === "space") {
      above.blank = true;
      continue;
    }
    const own = linesOf(token as MarkedToken, width);
    if (own.length === 0) continue;
    if (above.blank && above.printed) lines.push([]);
    for (const line of own) lines.push(line);
    above.printed = true;
    above.blank = /\n[ \t]*\n\s*$/.test(token.raw);
  }
  return lines;
}

/** What stands before an item: a bullet, its number, or whether it is done. */
export function markerOf(list: Tokens.List, index: number): string {
  const item = list.items[index];
  if (item?.task) return item.checked ? "☑ " : "☐ ";
  if (!list.ordered) return "• ";
  const sign = /^\s*\d+([.)])/.exec(item?.raw ?? "")?.[1] ?? ".";
  return `${Number(list.start || 0) + index}${sign} `;
}

/** Puts something before the first line and something else before the others. */
function prefixed(lines: readonly Spans[], first: Span, rest: Span): Span[][] {
  return lines.map((line, index) => {
    const prefix = index === 0 ? first : rest;
    return line.length === 0 && prefix.text.trim() === "" ? [] : [prefix, ...line];
  });
}

/** A line of code as it is, but for what would command the terminal. */
function codeLine(line: string): Span[] {
  return line === "" ? [] : [span(clean(line), "cyan")];
}

function linesOf(token: MarkedToken, width: number): Span[][] {
  switch (token.type) {
    case "heading":
      return headingLines(token, width);
    case "paragraph":
      return wrap(inlineSpans(token.tokens), width);
    case "text":
      return wrap(inlineSpans([token]), width);
    case "code":
      return [...labelLines(token.lang), ...token.text.split("\n").map(codeLine)];
    case "blockquote":
      return prefixed(blockLines(token.tokens, width - 2, { printed: false, blank: false }), QUOTE, QUOTE);
    case "list":
      return listLines(token, width);
    case "table":
      return tableLines(token, width);
    case "hr":
      return [[span("─".repeat(Math.max(1, Math.min(width, LONGEST_RULE))), "dim")]];
    // The item's bullet shows it.
    case "checkbox":
      return [];
    default:
      // HTML, definitions of links and whatever else: what it says.
      return wrap([span(clean(token.raw.replace(/\n+$/, "")).replaceAll("\t", "    "))], width);
  }
}

/** Above code: the name of its language. */
export function labelLines(lang: string | undefined): Span[][] {
  return lang ? [[span(`[${clean(lang)}]`, "dim")]] : [];
}

function headingLines({ depth, tokens }: Tokens.Heading, width: number): Span[][] {
  return wrap(depth === 1 ? inlineSpans(tokens, "bold", "underline") : inlineSpans(tokens, "bold"), width);
}

function listLines(list: Tokens.List, width: number): Span[][] {
  const lines: Span[][] = [];
  for (const [index, item] of list.items.entries()) {
    const marker = span(markerOf(list, index));
    const indent = spanColumns([marker]);
    const inner = blockLines(item.tokens, width - indent, { printed: false, blank: false });
    const own = prefixed(inner.length === 0 ? [[]] : inner, marker, span(" ".repeat(indent)));
    // A bullet alone.
    if (inner.length === 0) own[0] = [span(plainOf([marker]).trimEnd())];
    for (const line of own) lines.push(line);
    if (index < list.items.length - 1 && /\n[ \t]*\n$/.test(item.raw)) lines.push([]);
  }
  return lines;
}
