/**
 * A text in parts of at most `length` characters, cut after a clause, else at a blank, else anywhere. Blanks between parts
 * are dropped.
 */
export function cutText(text: string, length: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > length) {
    const at = cutPlace(rest, length);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== "") parts.push(rest);
  return parts;
}

/** The clause has to have come this far for a cut there: a cut after two words sounds worse than one at a blank. */
const LEAST_SHARE = 0.3;

/**
 * Where to cut a text that has no end of a sentence: after the last mark of a clause (`, ; : —` and their likes in other
 * scripts), else after the last blank, else at `length`. Never within a number or an address, nor a surrogate pair.
 */
export function cutPlace(text: string, length: number): number {
  const limit = Math.min(length, text.length);
  let blank = 0;
  for (let at = limit; at > limit * LEAST_SHARE; at--) {
    const mark = text.charAt(at - 1);
    if ("、，；：،؛".includes(mark) && mark !== "") return at;
    const next = text.charAt(at);
    if (!/\s/.test(mark) && !(at === limit && /\s/.test(next))) continue;
    if (blank === 0) blank = at;
    const before = text.slice(0, at).trimEnd();
    if (/[,;:—–)]$/.test(before)) return at;
  }
  if (blank > 0) return blank;
  const last = text.slice(0, limit).search(/\s\S*$/);
  if (last > 0) return last + 1;
  const high = text.charCodeAt(limit - 1);
  return high >= 0xd800 && high <= 0xdbff && limit > 1 ? limit - 1 : limit;
}
