import { begin, end, type Style } from "../ansi.js";
import { columnsOf } from "./columns.js";

/** A text in one look. */
export interface Span {
  readonly text: string;
  readonly styles: readonly Style[];
}

/** What stands in a line, or in a text that is to be broken into lines. */
export type Spans = readonly Span[];

/** A span without a look of its own, or with one. */
export function span(text: string, ...styles: readonly Style[]): Span {
  return { text, styles };
}

/** What is read of it. */
export function plainOf(spans: Spans): string {
  return spans.map(({ text }) => text).join("");
}

/** The columns that it takes. */
export function spanColumns(spans: Spans): number {
  return spans.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** What is written to a terminal. Every style that begins ends in it. */
export function ansiOf(spans: Spans): string {
  let out = "";
  for (const { text, styles } of spans) {
    out += styles.map(begin).join("") + text + styles.toReversed().map(end).join("");
  }
  return out;
}
