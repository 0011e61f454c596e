import { HAS } from "./entity.js";
import { plainWord } from "./plain-view.js";

/** Signs before the first word of an entity, and a label that is glued to it by a colon. */
const BEFORE = /^['(]*(?:[A-Za-z\u00c0-\u024f\u0370-\u052f][^:\d]*:['(]*)?/;

/**
 * A word as phrases begin with: `'+49`, `(+49`, `**+49` and `tel:+49` begin as `+49` does.
 *
 * @param flags what it has, bits of `HAS`.
 */
export function phraseWord(written: string, flags: number): string {
  const word = plainWord((flags & HAS.spelled) === 0 ? written : withoutEquals(written));
  const first = word.charCodeAt(0);
  // Most words are bare, which two comparisons tell.
  if ((flags & HAS.colon) === 0 && first !== 0x27 && first !== 0x28) return word;
  const rest = word.replace(BEFORE, "");
  return rest === "" ? word : rest;
}

/** A number is joined over the end of a line; of all else the last part counts, which stands behind an equals sign. */
function withoutEquals(written: string): string {
  const joined = written.replace(/=\r?\n/g, "");
  return /^[+(]?\d/.test(joined) ? joined : written.slice(written.lastIndexOf("=") + 1).trimStart();
}
