import type { WordMark } from "../voice.js";

/** A phone of speech and when it ends, in ms. */
interface Phone {
  name: string;
  startMs: number;
  endMs: number;
}

/** Reads Flite's list of phones: `pau:0.119 hh:0.212`, each with the second at which it ends. */
export function readPhones(printed: string): Phone[] {
  let startMs = 0;
  const phones: Phone[] = [];
  for (const item of printed.split(/\s+/)) {
    const [name = "", seconds] = item.split(":");
    const endMs = Number(seconds) * 1000;
    if (!Number.isFinite(endMs)) continue;
    phones.push({ name, startMs, endMs });
    startMs = endMs;
  }
  return phones;
}

/**
 * When each word is heard.
 *
 * @param counts how many phones each word has; where they do not add up, the time is shared out by the words' letters.
 * @param offsetMs added to all times.
 */
export function wordMarks(
  words: readonly string[],
  phones: readonly Phone[],
  counts: readonly number[] | undefined,
  offsetMs: number,
): WordMark[] {
  const sounds = phones.filter(({ name }) => name !== "pau");
  const [first, last] = [sounds[0], sounds.at(-1)];
  if (first === undefined || last === undefined) return [];
  const total = counts?.reduce((sum, count) => sum + count, 0);
  const exact = total === sounds.length && counts !== undefined;
  const shares = exact ? counts : words.map(({ length }) => length + 1);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let at = 0;
  return words.map((text, index) => {
    const from = Math.floor((at / whole) * sounds.length);
    at += shares[index] ?? 0;
    const to = Math.max(from, Math.ceil((at / whole) * sounds.length) - 1);
    const begins = sounds[Math.min(from, sounds.length - 1)] ?? first;
    const ends = sounds[Math.min(to, sounds.length - 1)] ?? last;
    return { text, startMs: Math.round(begins.startMs + offsetMs), endMs: Math.round(ends.endMs + offsetMs) };
  });
}
