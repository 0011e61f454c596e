import stringWidth from "string-width";

/** What needs no table: a column for each character. */
const PLAIN = /^[ -~]*$/;

/** The most columns of a tabulator. */
const TAB = 8;

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The columns that a text takes: two for CJK and emoji, none for marks that combine. */
export function columnsOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/**
 * The most columns that a text takes: terminals that know no sequences of emoji show a family as the people that it has, and
 * others show a heart in one column that these show in two.
 */
export function columnsAtMost(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let apart = 0;
  for (const character of text) apart += stringWidth(character);
  return Math.max(apart, stringWidth(text));
}

/** What people take for the characters of a text. */
export function graphemesOf(text: string): string[] {
  if (PLAIN.test(text)) return [...text];
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

/** Whether every terminal agrees on the width of a text. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The beginning of a text that surely fits into so many columns. */
export function fitting(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, columns);
  let [out, left] = ["", columns];
  for (const grapheme of graphemesOf(text)) {
    left -= grapheme === "\t" ? TAB : columnsAtMost(grapheme);
    if (left < 0) break;
    out += grapheme;
  }
  return out;
}
