/** A mark that may open a span of text, or end one. */
const MARKS = /\\[\s\S]|(`+)|(\*\*\*|\*\*|\*|~~)|(!?\[)|(\]\([^)\s]*\)?)|(\])/g;

/** A fence whose line is not whole: its language would be another one with each letter. */
const FORMING_FENCE = /^ {0,3}(?:`{3,}[^`]*|~{3,}.*)$/;

/** How much of a block is looked at; longer ones are shown as they are. */
const LONGEST = 4_000;

/**
 * What has to be added to a text that is still arriving, so that a span that was opened in its last block (`**bold`,
 * `` `code ``) is shown as one before its end is there. `cut` says where the text ends for now, without a mark that may yet
 * become anything (`**` at its very end, the address of a link).
 */
export function closeMarks(text: string): { cut: number; add: string } {
  const line = text.lastIndexOf("\n") + 1;
  if (FORMING_FENCE.test(text.slice(line))) return { cut: line, add: "" };
  const from = Math.max(text.lastIndexOf("\n\n") + 2, text.lastIndexOf("\n- ") + 1, text.lastIndexOf("\n* ") + 1, 0);
  const block = text.slice(from === 1 ? 0 : from);
  const base = text.length - block.length;
  if (block.length > LONGEST) return { cut: text.length, add: "" };
  const open: { mark: string; at: number }[] = [];
  for (const match of block.matchAll(MARKS)) {
    const [whole, ticks, stars, bracket, address, closing] = match;
    const at = match.index;
    const last = open.at(-1);
    if (last?.mark.startsWith("`")) {
      if (ticks === last.mark) open.pop();
    } else if (ticks !== undefined) open.push({ mark: ticks, at });
    else if (stars !== undefined) toggle(open, stars, at, block);
    else if (bracket !== undefined) open.push({ mark: bracket, at });
    else if (address !== undefined || closing !== undefined) {
      // The address has not arrived: the link is shown by its text.
      if (address !== undefined && !address.endsWith(")")) return { cut: base + at, add: closersOf(open) };
      const index = open.findLastIndex(({ mark }) => mark.endsWith("["));
      if (index !== -1) open.length = index;
      if (closing !== undefined && at + whole.length === block.length) return { cut: base + at, add: closersOf(open) };
    }
  }
  // A mark at the very end opens nothing yet.
  const last = open.at(-1);
  if (last?.mark.startsWith("```")) return { cut: text.length, add: "" };
  if (last !== undefined && base + last.at + last.mark.length === text.length) {
    open.pop();
    return { cut: base + last.at, add: closersOf(open) };
  }
  return { cut: text.length, add: closersOf(open) };
}

function toggle(open: { mark: string; at: number }[], mark: string, at: number, block: string): void {
  const index = open.findLastIndex((one) => one.mark === mark);
  if (index !== -1) open.length = index;
  // A bullet, and a star between spaces, open nothing; nor does one at the end of a word where none is open.
  else if (!/^\s/.test(block.slice(at + mark.length)) && !(mark === "*" && /(?:^|\n)\s*$/.test(block.slice(0, at)))) {
    open.push({ mark, at });
  }
}

function closersOf(open: readonly { mark: string }[]): string {
  return open
    .toReversed()
    .map(({ mark }) => (mark.endsWith("[") ? "" : mark))
    .join("");
}
