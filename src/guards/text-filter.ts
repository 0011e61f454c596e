/**
 * Changes a text that arrives in pieces. What comes out, joined, depends on the text alone and not on where it was cut.
 * A filter serves one text.
 */
export interface TextFilter {
  /** Takes a piece; returns what may go out now. `ahead` is what follows it, where that is known and is pushed next. */
  push(text: string, ahead?: string): string;
  /** The text is over: returns what was buffered. */
  end(): string;
  /** How many characters are buffered. */
  readonly buffered: number;
  /** Whether anything of the text so far was changed. */
  readonly changed: boolean;
  /** Whether what is buffered is likely to be part of something that is changed once it is complete. Default: no. */
  readonly undecided?: boolean;
  /** Returns what is buffered, although the text goes on. Without it, the filter is ended there, and what follows gets another one. */
  flush?(): string;
  /** Whether the text passes as it is at this place, because it is code for one. Default: no. */
  readonly verbatim?: boolean;
  /** Adds what stands in the text here and was filtered elsewhere: it is context, and is not to come out. */
  skip?(text: string): void;
}

/** Makes a filter for a text. `key` is that of the JSON field whose value the text is. */
export type MakeFilter = (key: string | undefined) => TextFilter;

/** What a filter holds back and can give up before its text goes on. */
export function flushFilter(filter: TextFilter): string {
  return filter.buffered === 0 ? "" : (filter.flush?.() ?? "");
}

/** A whole text through a filter. */
export function filterText(filter: TextFilter, text: string): string {
  const released = filter.push(text);
  return released + filter.end();
}
