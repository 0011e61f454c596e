/** What a character is to the scrubber. From `WORD` on it is part of a word. */
export const KIND = {
  /** Ends a word and everything that could go on after it. */
  break: 0,
  space: 1,
  newline: 2,
  comma: 3,
  word: 4,
  digit: 5,
  at: 6,
  colon: 7,
  slash: 8,
  /** A sign in a word at which a word that is too long may be cut. */
  soft: 9,
  /** A sign of Markdown or HTML that may stand around a part of a value. */
  mark: 10,
  /** A break, unless it is part of a sign that is spelled out, or of a character's name: see `spelledSign`. */
  sign: 11,
  /** As `soft`, and a sign may be spelled out in it. */
  opening: 12,
} as const;

/** A range of UTF-16 code units, both ends included. */
type Range = readonly [first: number, last: number];

/**
 * Characters that take no room: between two others they only hide what they are. Joiners, directions, operators that are not
 * written, and forms of the character before.
 */
export const INVISIBLE: readonly Range[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

/** The signs of ASCII in full width. */
export const FULL_WIDTH_FORMS: Range = [0xff01, 0xff5e];

/** How far behind the signs of ASCII their forms of full width stand. */
export const FULL_WIDTH = 0xfee0;

/** The small forms of a full stop and an at sign. */
export const SMALL_FORMS: Readonly<Record<string, string>> = { "\ufe52": ".", "\ufe6b": "@" };

/** The kind of each UTF-16 code unit. What is not set is a break. */
const KINDS = new Uint8Array(0x10000);
// Latin; combining marks, Greek and Cyrillic; the hyphens and dashes that are written in numbers.
setRange([0xc0, 0x24f], KIND.word);
setRange([0x300, 0x52f], KIND.word);
setRange([0x2010, 0x2013], KIND.word);
for (const range of INVISIBLE) setRange(range, KIND.word);
setAll("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-+%ªº", KIND.word);
setAll("0123456789", KIND.digit);
setAll("@", KIND.at);
setAll(":", KIND.colon);
setAll("/", KIND.slash);
setAll("#&')$~^\\", KIND.soft);
setAll("*`>", KIND.mark);
setAll("=;[{", KIND.sign);
setAll("(<", KIND.opening);
setAll("×÷", KIND.break);
setRange([0x2000, 0x200a], KIND.space);
setAll(" \t\u00a0\u202f\u3000", KIND.space);
setAll("\n\r\f\v\u0085\u2028\u2029", KIND.newline);
setAll(",", KIND.comma);
for (const [form, plain] of Object.entries(SMALL_FORMS)) setAll(form, kindOf(plain.charCodeAt(0)));
for (let code = FULL_WIDTH_FORMS[0]; code <= FULL_WIDTH_FORMS[1]; code++) KINDS[code] = kindOf(code - FULL_WIDTH);

/** Whether a character is one of `INVISIBLE`. */
export function isInvisible(code: number): boolean {
  return INVISIBLE.some(([first, last]) => code >= first && code <= last);
}

/**
 * The kind of a UTF-16 code unit. Scripts other than Latin, Greek and Cyrillic are breaks: nothing that is looked for is
 * written in them, and so they are never buffered.
 */
export function kindOf(code: number): number {
  return KINDS[code] ?? KIND.break;
}

function setAll(characters: string, kind: number): void {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

function setRange([first, last]: Range, kind: number): void {
  KINDS.fill(kind, first, last + 1);
}
