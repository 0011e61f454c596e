import { columnsAtMost, columnsOf, fitting, isPlain } from "./columns.js";
import { ansiOf, plainOf, type Span, type Spans } from "./span.js";

/** A terminal's size, in columns and rows. */
export interface Size {
  columns: number;
  rows: number;
}

/** What a terminal that becomes narrower does with lines that are too long now: breaks them anew, all or all but the cursor's. */
export type Reflow = "all" | "but-cursor" | "none";

interface Line {
  plain: string;
  ansi: string;
}

/** Moves up so many rows (ECMA-48, CUU), to the first column, and clears what is below (ED). */
const redrawFrom = (rows: number): string => `${rows > 0 ? `\u001b[${rows}A` : ""}\r\u001b[J`;

const EMPTY: Line = { plain: "", ansi: "" };

/**
 * The end of a text that is still being written, at the bottom of a terminal: drawn anew where it changes, until it is
 * printed for good. The cursor stands behind its last character.
 */
export class LiveTail {
  readonly #size: () => Size;
  readonly #reflow: Reflow;
  /** What is drawn; at least one line, which may be empty. */
  #drawn: Line[] = [EMPTY];
  #drawnAt: number;
  /** Lines before those that are out of reach: the terminal became lower. */
  #gone: Line[] = [];

  constructor(size: () => Size, reflow: Reflow) {
    this.#size = size;
    this.#reflow = reflow;
    this.#drawnAt = size().columns;
  }

  /** What to write to print lines for good, in place of what is drawn. */
  print(lines: readonly Spans[]): string {
    const all = lines.map(lineOf);
    const stand = this.#standing(all);
    this.#gone = this.#gone.slice(stand);
    return this.#replace([...all.slice(stand), EMPTY], EMPTY);
  }

  /** What to write to draw lines that may yet change, in place of those that are drawn. */
  draw(lines: readonly Spans[]): string {
    const { columns } = this.#size();
    const all = lines.map((line) => lineOf(certain(line, columns)));
    const drawn = this.#fitting(all.slice(this.#standing(all)));
    return this.#replace(drawn.length === 0 ? [EMPTY] : drawn);
  }

  /** How many lines stand where a terminal that became lower has moved them to: they are not written again. */
  #standing(lines: readonly Line[]): number {
    let left = this.#size().rows;
    let reached = this.#drawn.length;
    while (reached > 0 && left > 0) {
      reached--;
      left -= this.#rowsOf(reached);
    }
    const out = left < 0 ? reached + 1 : reached;
    this.#gone.push(...this.#drawn.splice(0, Math.min(out, this.#drawn.length - 1)));
    if (this.#gone.some((line, index) => index < lines.length && line.plain !== lines[index]?.plain)) this.#gone = [];
    return Math.min(this.#gone.length, lines.length);
  }

  /** The rows that a line that is drawn takes now. */
  #rowsOf(index: number): number {
    const isLast = index === this.#drawn.length - 1;
    const asDrawn = this.#reflow === "none" || (this.#reflow === "but-cursor" && isLast);
    return rowsOf(this.#drawn[index]?.plain ?? "", asDrawn ? this.#drawnAt : this.#size().columns);
  }

  /** @param left the line that may still change; without it, all may. */
  #replace(lines: Line[], left?: Line): string {
    const old = this.#drawn;
    let same = 0;
    while (
      same < old.length - 1 &&
      same < lines.length - 1 &&
      old[same]?.plain === lines[same]?.plain &&
      old[same]?.ansi === lines[same]?.ansi
    )
      same++;
    const [before, now] = [old[same], lines[same]];
    const { columns } = this.#size();
    let rows = 0;
    for (let index = same; index < old.length; index++) rows += this.#rowsOf(index);
    const isResized = columns !== this.#drawnAt;
    this.#drawn = left === undefined ? lines : [left];
    this.#drawnAt = columns;
    // The common case: something is added to the last line.
    const added =
      !isResized &&
      before !== undefined &&
      now !== undefined &&
      same === old.length - 1 &&
      now.ansi.startsWith(before.ansi);
    const from = added ? now.ansi.slice(before.ansi.length) : (now?.ansi ?? "");
    const text = [from, ...lines.slice(same + 1).map(({ ansi }) => ansi)].join("\n");
    if (added) return text;
    return redrawFrom(Math.min(rows, this.#size().rows) - 1) + text;
  }

  /** The last lines that fit on the screen: what has left it cannot be drawn anew. */
  #fitting(lines: Line[]): Line[] {
    const { columns, rows } = this.#size();
    let [from, left] = [lines.length, rows - 1];
    while (from > 0) {
      left -= rowsOf(lines[from - 1]?.plain ?? "", columns);
      if (left < 0) break;
      from--;
    }
    return lines.slice(from);
  }
}

function lineOf(spans: Spans): Line {
  return { plain: plainOf(spans), ansi: ansiOf(spans) };
}

/** The rows of a line on a terminal, which breaks what is longer than a row. */
function rowsOf(plain: string, columns: number): number {
  return Math.max(1, Math.ceil(columnsOf(plain) / columns));
}

/**
 * As much of a line as can be drawn anew later: terminals differ in the width of emoji, so that of a line with some nobody
 * knows how many rows it takes, unless it is one.
 */
function certain(spans: Spans, columns: number): Spans {
  if (isPlain(plainOf(spans))) return spans;
  let left = columns;
  const kept: Span[] = [];
  for (const { text, styles } of spans) {
    const part = fitting(text, left);
    kept.push({ text: part, styles });
    left -= columnsAtMost(part);
    if (part.length < text.length) break;
  }
  return kept;
}
