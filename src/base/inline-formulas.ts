import type { TokenizerAndRendererExtension } from "marked";

/** A formula in TeX. */
export interface FormulaToken {
  type: "math" | "math-block";
  raw: string;
  text: string;
  /** Whether it stands on a line of its own. */
  display: boolean;
}

/**
 * `$…$` as Pandoc reads it: no space inside of the signs, and no digit after the second, so that prices stay prices
 * (https://pandoc.org/MANUAL.html#math). `\(…\)`, and `$$…$$` and `\[…\]` within a line.
 */
const PATTERNS = [
  { pattern: /^\$\$((?:\\[\s\S]|[^$\\])+?)\$\$/, display: true },
  { pattern: /^\$(?=[^\s$])((?:\\[\s\S]|[^$\\\n])*?[^\s$\\]|\\[^\s])\$(?!\d)/, display: false },
  { pattern: /^\\\(([\s\S]+?)\\\)/, display: false },
  { pattern: /^\\\[([\s\S]+?)\\\]/, display: true },
];

/** Formulas within a paragraph, for marked's grammar: nothing in them is a mark of Markdown. */
export const INLINE_FORMULAS: TokenizerAndRendererExtension = {
  name: "math",
  level: "inline",
  start: (source) => {
    const at = source.search(/\$|\\[([]/);
    return at === -1 ? undefined : at;
  },
  tokenizer(source) {
    for (const { pattern, display } of PATTERNS) {
      const [raw, text] = pattern.exec(source) ?? [];
      if (raw !== undefined && text !== undefined) return { type: "math", raw, text: text.trim(), display };
    }
    return undefined;
  },
};
