/** The classes of code units. */
const SPACE = 0;
const NEWLINE = 1;
const LETTER = 2;
const DIGIT = 3;
const SIGN = 4;
const SINGLE = 5;
const CONTINUATION = 6;
/** Before the first character. */
const NONE = -1;

/** Longest run of each class that counts as one token: about what common vocabularies hold. */
const LONGEST = [16, 16, 12, 3, 4, 1, 1];

/**
 * An estimate of where tokens begin, for pacing and for counts that no provider gave. It follows the pre-tokenizer rule
 * that the common vocabularies share (a word with the space before it, up to three digits, a run of signs, one CJK
 * character) and depends on the text alone, so it is the same however the text was cut.
 *
 * Finds the boundaries in text that arrives in pieces. Looks at each UTF-16 code unit once.
 */
export class TokenBoundaries {
  #previous = NONE;
  #run = 0;

  /** How many tokens begin in a text. */
  count(text: string): number {
    let tokens = 0;
    for (let at = 0; at < text.length; at++) if (this.before(text.charCodeAt(at))) tokens++;
    return tokens;
  }

  /** Whether a token begins at this code unit. Never inside a surrogate pair. */
  before(code: number): boolean {
    const current = classify(code);
    const previous = this.#previous;
    if (current === CONTINUATION && previous !== NONE) return false;
    this.#previous = current;
    if (previous === NONE) {
      this.#run = 1;
      return true;
    }
    if (current === previous && this.#run < (LONGEST[current] ?? 1)) {
      this.#run++;
      return false;
    }
    // One space belongs to what follows it.
    const leads = previous === SPACE && this.#run === 1 && current !== NEWLINE;
    this.#run = 1;
    return !leads;
  }
}

/** The estimated tokens of a text, in order; joined they are the text. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  const boundaries = new TokenBoundaries();
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (boundaries.before(text.charCodeAt(i)) && i > 0) {
      tokens.push(text.slice(from, i));
      from = i;
    }
  }
  if (from < text.length) tokens.push(text.slice(from));
  return tokens;
}

/** How many tokens a text has, estimated. */
export function estimateTokens(text: string): number {
  return new TokenBoundaries().count(text);
}

/** The classes of ASCII. */
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => classOf(code));

function classify(code: number): number {
  return code < 0x80 ? (ASCII[code] ?? SIGN) : classOf(code);
}

function classOf(code: number): number {
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return LETTER;
  if (code === 0x20 || code === 0x09) return SPACE;
  if (code === 0x0a || code === 0x0d) return NEWLINE;
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  if (code < 0xc0) return SIGN;
  if (code >= 0xdc00 && code <= 0xdfff) return CONTINUATION;
  // From here on CJK, kana, Hangul and the high surrogates: about a token each.
  return code >= 0x2e80 ? SINGLE : LETTER;
}
