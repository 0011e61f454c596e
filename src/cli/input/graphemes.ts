import stringWidth from "string-width";

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As far as one looks for the beginning or end of a character, in UTF-16 code units: families of emoji have 11 to 25. */
const LONGEST = 64;

/** Printable ASCII: each character is one column wide. */
const ASCII = /^[\u0020-\u007e]*$/;

/** One character as people see it, and how many columns it takes. */
export interface Grapheme {
  text: string;
  width: number;
}

/** The characters of a text as people see them: an emoji of several code points is one. */
export function* graphemes(text: string): Generator<Grapheme> {
  if (ASCII.test(text)) {
    for (const character of text) yield { text: character, width: 1 };
    return;
  }
  for (const { segment } of SEGMENTER.segment(text)) yield { text: segment, width: widthOf(segment) };
}

/** The character before a position; a line feed is one of its own. */
export function graphemeBefore(text: string, at: number): string {
  let last = "";
  for (const { segment } of SEGMENTER.segment(text.slice(Math.max(0, at - LONGEST), at))) last = segment;
  return last;
}

/** A mark of a script of its own: a vowel or a tone of Thai, Devanagari and the like, which is typed by itself. */
const OWN_MARK = /(?!\p{Script=Inherited})\p{M}/u;

/** What backspace takes away before a position: the character, or the last that was typed of it where such marks are in it. */
export function typedBefore(text: string, at: number): string {
  const character = graphemeBefore(text, at);
  return OWN_MARK.test(character) ? ([...character].at(-1) ?? "") : character;
}

/** The character at a position. */
export function graphemeAfter(text: string, at: number): string {
  for (const { segment } of SEGMENTER.segment(text.slice(at, at + LONGEST))) return segment;
  return "";
}

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { width } of graphemes(text)) columns += width;
  return columns;
}

function widthOf(grapheme: string): number {
  const width = stringWidth(grapheme);
  // Thai and Lao vowels that belong to the character before them have a column of their own in a terminal.
  return /[\u0e33\u0eb3]/.test(grapheme) && grapheme.length > 1 ? Math.max(width, columnsOfParts(grapheme)) : width;
}

function columnsOfParts(grapheme: string): number {
  let columns = 0;
  for (const part of grapheme) columns += stringWidth(part);
  return columns;
}
