/** Classes of characters, by UTF-16 code unit where that is enough. */

const UPPER = /\p{Lu}|\p{Lt}/u;
const LOWER = /\p{Ll}/u;
const LETTER = /[\p{L}\p{M}]/u;

/** Blanks and line feeds. */
export function isSpace(code: number): boolean {
  if (code > 0x20) return code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x3000;
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isUpper(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80) return code >= 0x41 && code <= 0x5a;
  return UPPER.test(text.charAt(at));
}

export function isLower(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80) return code >= 0x61 && code <= 0x7a;
  return LOWER.test(text.charAt(at));
}

export function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80) return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return LETTER.test(text.charAt(at));
}

/** Marks that end a sentence where a blank and a new sentence follow: `.` `!` `?` `…` `‼` `⁇` `⁈` `⁉`. */
export function isMark(code: number): boolean {
  if (code < 0x80) return code === 0x2e || code === 0x21 || code === 0x3f;
  return code === 0x2026 || code === 0x203c || (code >= 0x2047 && code <= 0x2049);
}

/**
 * Marks that end a sentence wherever they stand (Unicode's property `Sentence_Terminal`, scripts that need no blank after
 * it, and those whose mark has no other use): CJK, Arabic, Devanagari, Armenian, Ethiopic, Burmese, Khmer, Tibetan.
 */
export function isFirmMark(code: number): boolean {
  if (code < 0x0589) return code === 0x037e; // Greek question mark
  switch (code) {
    case 0x0589: // Armenian full stop
    case 0x061f: // Arabic question mark
    case 0x06d4: // Arabic full stop
    case 0x0964: // danda
    case 0x0965: // double danda
    case 0x0f0d: // Tibetan shad
    case 0x104b: // Myanmar section
    case 0x1362: // Ethiopic full stop
    case 0x1367: // Ethiopic question mark
    case 0x1368: // Ethiopic paragraph separator
    case 0x17d4: // Khmer khan
    case 0x17d5: // Khmer bariyoosan
    case 0x3002: // ideographic full stop
    case 0xff01: // full-width exclamation mark
    case 0xff0e: // full-width full stop
    case 0xff1f: // full-width question mark
    case 0xff61: // half-width ideographic full stop
      return true;
    default:
      return false;
  }
}

/** A semicolon that is Greek's question mark, and a colon that is Armenian's full stop: behind letters of these scripts. */
export function isMarkOfScript(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== 0x3b && code !== 0x3a) return false;
  const before = text.charCodeAt(at - 1);
  return code === 0x3b ? before >= 0x0370 && before <= 0x03ff : before >= 0x0531 && before <= 0x058a;
}

/** What may stand between the mark and the blank: quotes, brackets, and Markdown's emphasis. */
export function isCloser(code: number): boolean {
  switch (code) {
    case 0x22: // "
    case 0x27: // '
    case 0x29: // )
    case 0x2a: // *
    case 0x5d: // ]
    case 0x5f: // _
    case 0x60: // `
    case 0x7d: // }
    case 0x7e: // ~
    case 0xbb: // »
    case 0x2019: // ’
    case 0x201d: // ”
    case 0x203a: // ›
    case 0x300d: // 」
    case 0x300f: // 』
    case 0x3011: // 】
    case 0xff09: // full-width )
      return true;
    default:
      return false;
  }
}

export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x201d || code === 0x2019 || code === 0xbb;
}

/** What may stand before the first letter of a sentence. */
export function isOpener(code: number): boolean {
  switch (code) {
    case 0x22: // "
    case 0x27: // '
    case 0x28: // (
    case 0x2a: // *
    case 0x5b: // [
    case 0x5f: // _
    case 0x60: // `
    case 0x7b: // {
    case 0x7e: // ~
    case 0xa1: // ¡
    case 0xab: // «
    case 0xbf: // ¿
    case 0x2018: // ‘
    case 0x201c: // “
    case 0x201e: // „
    case 0x2039: // ‹
    case 0x300c: // 「
    case 0x300e: // 『
    case 0xff08: // full-width (
      return true;
    default:
      return false;
  }
}

/** Signs that begin an item of a list within a line. */
export function isBullet(code: number): boolean {
  return code === 0x2022 || code === 0x2043 || code === 0x25e6 || code === 0x25aa || code === 0x2023;
}
