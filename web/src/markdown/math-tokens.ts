import type { TokenizerAndRendererExtension } from "marked";

/** A formula in TeX. */
export interface MathToken {
  type: "math" | "math-block";
  raw: string;
  text: string;
  /** Whether it stands on a line of its own. */
  display: boolean;
}

/** Whether a token is a formula. */
export function isMath(token: { type: string }): token is MathToken {
  return token.type === "math" || token.type === "math-block";
}

/**
 * `$…$` as Pandoc reads it: no space inside of the signs, and no digit after the second, so that prices stay prices
 * (https://pandoc.org/MANUAL.html#math). `\(…\)`, and `$$…$$` and `\[…\]` within a line.
 */
const INLINE = [
  { pattern: /^\$\$((?:\\[\s\S]|[^$\\])+?)\$\$/, display: true },
  { pattern: /^\$(?=[^\s$])((?:\\[\s\S]|[^$\\\n])*?[^\s$\\]|\\[^\s])\$(?!\d)/, display: false },
  { pattern: /^\\\(([\s\S]+?)\\\)/, display: false },
  { pattern: /^\\\[([\s\S]+?)\\\]/, display: true },
];
/** On lines of their own, which no empty line parts. */
const BLOCK = [
  /^ {0,3}\$\$((?:(?!\n[ \t]*\n)(?:\\[\s\S]|[^$\\]))+?)\$\$[ \t]*(?:\n+|$)/,
  /^ {0,3}\\\[((?:(?!\n[ \t]*\n)[\s\S])+?)\\\][ \t]*(?:\n+|$)/,
];

/** Where a formula begins whose end is not there, and may come: nothing from there on is settled. -1 for none. */
export function openFormula(text: string): number {
  const from = text.lastIndexOf("\n\n") + 1;
  const [found] = text.slice(from).matchAll(/(?:^|\n) {0,3}(?:\$\$|\\\[)/g);
  return found === undefined ? -1 : from + found.index;
}

const inlineMath: TokenizerAndRendererExtension = {
  name: "math",
  level: "inline",
  start: (source) => {
    const at = source.search(/\$|\\[([]/);
    return at === -1 ? undefined : at;
  },
  tokenizer(source) {
    for (const { pattern, display } of INLINE) {
      const [raw, text] = pattern.exec(source) ?? [];
      if (raw !== undefined && text !== undefined) return { type: "math", raw, text: text.trim(), display };
    }
    return undefined;
  },
};

const blockMath: TokenizerAndRendererExtension = {
  name: "math-block",
  level: "block",
  start: (source) => {
    const at = source.search(/(?:^|\n) {0,3}(?:\$\$|\\\[)/);
    return at === -1 ? undefined : at;
  },
  tokenizer(source) {
    for (const pattern of BLOCK) {
      const [raw, text] = pattern.exec(source) ?? [];
      if (raw !== undefined && text !== undefined) return { type: "math-block", raw, text: text.trim(), display: true };
    }
    return undefined;
  },
};

/** Formulas for marked's grammar. */
export const MATH = [inlineMath, blockMath];
