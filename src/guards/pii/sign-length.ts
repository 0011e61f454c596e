import type { BufferedText } from "./buffered-text.js";
import { HAS, MAX_WINDOW } from "./entity.js";
import { endsHtmlEscape, LONGEST_SIGN, spelledSign, UNKNOWN } from "./spelled-sign.js";

const SEMICOLON = 0x3b;

/** A word that is not complete: its text, where it and its stretch begin, and what it has, bits of `HAS`. */
interface OpenWord {
  text: BufferedText;
  start: number;
  window: number;
  flags: number;
}

/**
 * How many characters from a place on belong to the word before it although they are no letters; 0 for none, `UNKNOWN`
 * where that depends on what follows.
 *
 * @param ahead what is known to follow the text.
 * @param final whether nothing else follows.
 */
export function signLength(
  { text, start, window, flags }: OpenWord,
  at: number,
  ahead: string,
  final: boolean,
): number {
  if (text.codeAt(at) === SEMICOLON) return endsHtmlEscape(text.slice(start, at)) ? 1 : 0;
  // A stretch is not made longer than it may be.
  const most = Math.min(LONGEST_SIGN, window + MAX_WINDOW - at);
  if (most <= 0) return 0;
  const after = text.slice(at, Math.min(text.end, at + most)) + ahead;
  const addressed = (flags & (HAS.at | HAS.spelled)) !== 0;
  const before = text.slice(Math.max(0, start - 2), at);
  const length = spelledSign(before, after, final || after.length >= most, addressed);
  // What is only known to follow is no part of the text yet.
  return length > text.end - at ? UNKNOWN : length;
}
