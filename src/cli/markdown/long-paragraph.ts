import type { MarkedToken, Token } from "marked";
import { lexInline } from "./lex.js";

/** What is left open of a long paragraph: enough to see what the next words are. */
const LEFT = 200;
/** A sign that stayed one although the text has gone on may yet become one of a pair. */
const SIGNS = /[*_`~[\]<!]/;

/**
 * Where a long paragraph can be cut: behind a blank or a line end, with no emphasis, code or link open.
 *
 * @param must whether it has to be cut, even inside of something.
 * @returns the length of what is settled, or 0.
 */
export function settledLength(text: string, must: boolean): number {
  const limit = text.length - LEFT;
  for (let at = limit, looks = 0; at > 0 && looks < 6; looks++) {
    at = Math.max(text.lastIndexOf(" ", at), text.lastIndexOf("\n", at));
    if (at <= 0) break;
    if (isSettled(lexInline(text.slice(0, at)))) return at + 1;
    at = Math.max(0, at - 100);
  }
  if (!must) return 0;
  const blank = Math.max(text.lastIndexOf(" ", limit), text.lastIndexOf("\n", limit));
  if (blank > 0) return blank + 1;
  // Not inside of a character.
  return /[\uDC00-\uDFFF]/.test(text[limit] ?? "") ? limit - 1 : limit;
}

function isSettled(tokens: readonly Token[]): boolean {
  return tokens.every((token) => {
    const known = token as MarkedToken;
    if (known.type !== "text") return true;
    return known.tokens === undefined ? !SIGNS.test(known.raw) : isSettled(known.tokens);
  });
}
