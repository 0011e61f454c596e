import type { TokenizerAndRendererExtension } from "marked";
import { type FormulaToken, INLINE_FORMULAS } from "../../../src/base/inline-formulas.js";

/** Whether a token is a formula. */
export function isMath(token: { type: string }): token is FormulaToken {
  return token.type === "math" || token.type === "math-block";
}

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
export const MATH = [INLINE_FORMULAS, blockMath];
