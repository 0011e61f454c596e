/**
 * Changes a text that arrives in pieces. What comes out, joined, depends on the text alone and not on where it was cut.
 * A filter serves one text.
 */
export interface TextFilter {
  /** Takes a piece; returns what may go out now. */
  push(text: string): string;
  /** The text is over: returns what was held back. */
  end(): string;
  /** How many characters are held back. */
  readonly held: number;
  /** Whether anything of the text so far was changed. */
  readonly changed: boolean;
}

/** Makes a filter for a text. `key` is that of the JSON field whose value the text is. */
export type MakeFilter = (key: string | undefined) => TextFilter;

/** A whole text through a filter. */
export function filterText(filter: TextFilter, text: string): string {
  const released = filter.push(text);
  return released + filter.end();
}
