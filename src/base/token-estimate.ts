/**
 * An estimate of where tokens begin, for pacing and for counts that no provider gave. It follows the pre-tokenizer rule
 * that the common vocabularies share (a word with the space before it, up to three digits, a run of signs, one CJK
 * character) and depends on the text alone, so it is the same however the text was cut.
 */
type CharClass = "space" | "newline" | "letter" | "digit" | "sign" | "single" | "continuation";

/** Longest run that counts as one token: about what common vocabularies hold. */
const LONGEST: Record<CharClass, number> = {
  space: 16,
  newline: 16,
  letter: 12,
  digit: 3,
  sign: 4,
  single: 1,
  continuation: 1,
};

/** Finds token boundaries in text that arrives in pieces. Looks at each UTF-16 code unit once. */
export class TokenBoundaries {
  #previous: CharClass | undefined;
  #run = 0;

  /** Whether a token begins at this code unit. Never inside a surrogate pair. */
  before(code: number): boolean {
    const current = classify(code);
    const previous = this.#previous;
    if (current === "continuation" && previous !== undefined) return false;
    this.#previous = current;
    if (previous === undefined) {
      this.#run = 1;
      return true;
    }
    if (current === previous && this.#run < LONGEST[current]) {
      this.#run++;
      return false;
    }
    // One space belongs to what follows it.
    const leads = previous === "space" && this.#run === 1 && current !== "newline";
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
  const boundaries = new TokenBoundaries();
  let tokens = 0;
  for (let i = 0; i < text.length; i++) if (boundaries.before(text.charCodeAt(i))) tokens++;
  return tokens;
}

function classify(code: number): CharClass {
  if (code === 0x0a || code === 0x0d) return "newline";
  if (code === 0x20 || code === 0x09) return "space";
  if (code >= 0x30 && code <= 0x39) return "digit";
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return "letter";
  if (code < 0xc0) return "sign";
  if (code >= 0xdc00 && code <= 0xdfff) return "continuation";
  // From here on CJK, kana, Hangul and the high surrogates: about a token each.
  return code >= 0x2e80 ? "single" : "letter";
}
