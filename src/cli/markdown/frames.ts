import { QUOTE } from "./blocks.js";
import { type Span, type Spans, span, spanColumns } from "./span.js";

/** A block whose beginning is printed, and whose lines go on to be read without what stands before each of them. */
interface Frame {
  /** The columns by which an item's lines are indented; a quote's begin with its sign. */
  readonly indent: number | "quote";
  /** Before its first line on the screen, and before the others. */
  readonly first: Span;
  readonly rest: Span;
  /** Whether its first line is printed. */
  begun: boolean;
  /** The number that an item after it has, in a list that is numbered. */
  readonly next: number | undefined;
}

/** What a line is inside of the frames that it goes on. */
interface Inside {
  /** How many frames it goes on, from outside. */
  kept: number;
  text: string;
}

/** Lists and quotes that are open, outermost first. */
export class Frames {
  #frames: Frame[] = [];

  get length(): number {
    return this.#frames.length;
  }

  /** Whether all of the frames from one on are items. */
  areItems(from: number): boolean {
    return this.#frames.slice(from).every(({ indent }) => indent !== "quote");
  }

  /** Columns that stand before each line on the screen. */
  get columns(): number {
    return this.#frames.reduce((sum, { rest }) => sum + spanColumns([rest]), 0);
  }

  openQuote(): void {
    this.#frames.push({ indent: "quote", first: QUOTE, rest: QUOTE, begun: false, next: undefined });
  }

  /**
   * @param raw the item in Markdown.
   * @param marker what stands before it on the screen.
   */
  openItem(raw: string, marker: string, next: number | undefined): void {
    const [, bullet = "", blanks = ""] = /^( *(?:[-*+]|\d{1,9}[.)]))( *)/.exec(raw) ?? [];
    // Five blanks and more are one, and indented code behind it (CommonMark 0.31, 5.2).
    const indent = bullet.length + (blanks.length === 0 || blanks.length > 4 ? 1 : blanks.length);
    const first = span(marker);
    this.#frames.push({ indent, first, rest: span(" ".repeat(spanColumns([first]))), begun: false, next });
  }

  /** Ends the frames from one on; returns the number that the next item of the outermost of them has. */
  close(from: number): number | undefined {
    return this.#frames.splice(from)[0]?.next;
  }

  /** Puts before lines what stands before them on the screen. */
  around(lines: readonly Spans[], printed: boolean): Spans[] {
    const begun = this.#frames.map((frame) => frame.begun);
    const framed = lines.map((line) => {
      if (line.length === 0) return trimmed(this.#frames.filter((_, index) => begun[index]).map(({ rest }) => rest));
      const before = this.#frames.map(({ first, rest }, index) => (begun[index] ? rest : first));
      begun.fill(true);
      return [...before, ...line];
    });
    if (printed) for (const [index, frame] of this.#frames.entries()) frame.begun = begun[index] ?? false;
    return framed;
  }

  /** What a line is inside; `undefined` where more of it must be there to tell. */
  strip(line: string): Inside | undefined {
    let at = 0;
    for (const [kept, { indent }] of this.#frames.entries()) {
      const text = line.slice(at);
      const blanks = /^ */.exec(text)?.[0].length ?? 0;
      const next = text[blanks];
      if (indent === "quote") {
        if (next === undefined && blanks <= 3) return undefined;
        if (next !== ">" || blanks > 3) return { kept, text };
        if (text[blanks + 1] === undefined) return undefined;
        at += blanks + (text[blanks + 1] === " " ? 2 : 1);
      } else if (blanks >= indent) at += indent;
      else if (next === undefined) return undefined;
      else if (next === "\n") at += blanks;
      else if (next === "\t") at += blanks + 1;
      else return { kept, text };
    }
    return { kept: this.#frames.length, text: line.slice(at) };
  }
}

function trimmed(spans: Spans): Spans {
  return spans.some(({ text }) => text.trim() !== "") ? spans : [];
}
