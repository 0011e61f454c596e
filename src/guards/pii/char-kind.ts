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
} as const;

const TABLE = new Uint8Array(0x250);
for (let code = 0xc0; code < 0x250; code++) TABLE[code] = KIND.word;
setAll("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-+%ªº", KIND.word);
setAll("0123456789", KIND.digit);
setAll("@", KIND.at);
setAll(":", KIND.colon);
setAll("/", KIND.slash);
setAll("#&'()$~^\\", KIND.soft);
setAll("*`<>", KIND.mark);
setAll("×÷", KIND.break);
setAll("\u00ad", KIND.word);
setAll(" \t\u00a0", KIND.space);
setAll("\n\r\f\v\u0085", KIND.newline);
setAll(",", KIND.comma);

/** How far behind the signs of ASCII their forms of full width stand (U+FF01 to U+FF5E). */
export const FULL_WIDTH = 0xfee0;

/** The small forms of a full stop and an at sign. */
export const SMALL_FORMS: Readonly<Record<string, string>> = { "\ufe52": ".", "\ufe6b": "@" };

/** Whether a character takes no room: between two others it only hides what they are. */
export function isInvisible(code: number): boolean {
  if (code < 0x34f) return code === 0xad;
  if (code < 0x2000) return code === 0x34f || code === 0x61c || code === 0x180e;
  // Joiners, directions, operators that are not written, and forms of the character before.
  if (code < 0x2070) return (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) || code >= 0x2060;
  return code === 0xfeff || (code >= 0xfe00 && code <= 0xfe0f);
}

/**
 * The kind of a UTF-16 code unit. Scripts other than Latin, Greek and Cyrillic are breaks: nothing that is looked for is
 * written in them, and so they are never buffered.
 */
export function kindOf(code: number): number {
  if (code < 0x250) return TABLE[code] ?? KIND.break;
  // Combining marks, Greek, Cyrillic, and the hyphens and dashes that are written in numbers.
  if ((code >= 0x300 && code < 0x530) || (code >= 0x2010 && code <= 0x2013)) return KIND.word;
  if (code >= 0xff01 && code <= 0xff5e) return kindOf(code - FULL_WIDTH);
  if (isInvisible(code)) return KIND.word;
  if (code === 0xfe52) return KIND.word;
  if (code === 0xfe6b) return KIND.at;
  if (code === 0x202f || (code >= 0x2000 && code <= 0x200a) || code === 0x3000) return KIND.space;
  return code === 0x2028 || code === 0x2029 ? KIND.newline : KIND.break;
}

function setAll(characters: string, kind: number): void {
  for (const character of characters) TABLE[character.charCodeAt(0)] = kind;
}
