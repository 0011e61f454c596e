import type { Token, Tokens } from "marked";
import { type Clock, systemClock } from "../base/clock.js";
import { closeMarks } from "../base/close-marks.js";
import { BlockPrinter } from "./markdown/block-printer.js";
import { LiveTail, type Reflow, type Size } from "./markdown/live-tail.js";
import { settledLength } from "./markdown/long-paragraph.js";
import { opensFence } from "./markdown/open-fence.js";

/** The shortest time between two pictures, in ms. */
const FRAME_MS = 33;
/** A line is looked at when it ends, and each time that it has grown by so many characters. */
const LOOK = 512;
/** It is not looked at for less than this. */
const LEAST = 80;
/** Characters that wait for the end of their block; of what is longer, the beginning is printed. */
const LONGEST = 1_200;
/** Longer tables are printed row by row, with the widths of the rows before. */
const MOST_ROWS = 16;

/** How Markdown is shown. */
export interface MarkdownTerminalOptions {
  /** The size of the terminal, now. */
  size: () => Size;
  /** Whether what may yet change is shown, and drawn anew: a terminal can, a pipe cannot. */
  live: boolean;
  /** Default: `"all"`. */
  reflow?: Reflow;
  clock?: Clock;
}

/**
 * Shows Markdown in a terminal while it arrives. What is settled is printed once; the end, which may still change, is drawn
 * anew until it is settled too: the last two blocks, or items, of those that are open. Code is printed as it comes. How the
 * text was cut does not change what stands on the screen in the end. A piece costs the same at any length of the text.
 */
export class MarkdownTerminal {
  readonly #write: (text: string) => void;
  readonly #live: boolean;
  readonly #clock: Clock;
  readonly #screen: LiveTail;
  readonly #printer: BlockPrinter;
  /** What is not printed, without what stands before its lines in lists and quotes. */
  #tail = "";
  /** The beginning of a line, until it is known which lists and quotes it is in; `undefined` inside of a line. */
  #start: string | undefined = "";
  #lineLength = 0;
  /** How much waited when it was looked at last. */
  #looked = 0;
  /** The first half of a character. */
  #half = "";
  #out = "";
  #shownAt = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | undefined;

  /** @param write takes what goes to the terminal. */
  constructor(
    write: (text: string) => void,
    { size, live, reflow = "all", clock = systemClock }: MarkdownTerminalOptions,
  ) {
    this.#write = write;
    this.#live = live;
    this.#clock = clock;
    this.#screen = new LiveTail(size, reflow);
    this.#printer = new BlockPrinter(
      () => size().columns,
      (lines) => {
        this.#out += this.#screen.print(lines);
      },
    );
  }

  /** Takes a piece, whose line ends are LF. */
  push(text: string): void {
    let rest = this.#half + text;
    this.#half = /[\uD800-\uDBFF]$/.exec(rest)?.[0] ?? "";
    rest = rest.slice(0, rest.length - this.#half.length);
    while (rest !== "") {
      let length = rest.indexOf("\n") + 1 || rest.length;
      length = Math.min(length, LOOK - (this.#lineLength % LOOK));
      if (/[\uD800-\uDBFF]/.test(rest[length - 1] ?? "")) length++;
      this.#take(rest.slice(0, length));
      rest = rest.slice(length);
    }
    this.#schedule();
  }

  /** The terminal has another size: what may still change is drawn for it. */
  resized(): void {
    this.#schedule();
  }

  /** The text is over: shows what was buffered, and ends its last line. */
  end(): void {
    if (this.#half !== "") this.#take("\ufffd");
    this.#half = "";
    if (this.#start) {
      this.#leaveFrames(0);
      this.#tail = this.#start.trimStart();
    }
    this.#finish();
    this.#printer.reset();
    [this.#start, this.#lineLength] = ["", 0];
    this.#show();
  }

  #take(piece: string): void {
    const ends = piece.endsWith("\n");
    const looked = Math.floor(this.#lineLength / LOOK);
    this.#lineLength += piece.length;
    const isLook = ends || Math.floor(this.#lineLength / LOOK) > looked;
    if (ends) this.#lineLength = 0;
    const text = this.#start === undefined ? piece : this.#lineStart(this.#start + piece);
    if (text !== undefined) {
      this.#start = ends ? "" : undefined;
      this.#content(text, isLook);
    }
  }

  /** What a line is inside of the lists and quotes that are open; those that it is not in are over. */
  #lineStart(line: string): string | undefined {
    const { frames, fence } = this.#printer;
    if (frames.length === 0) return line;
    const inside = frames.strip(line);
    if (inside === undefined) {
      this.#start = line;
      return undefined;
    }
    // Code that is not indented as the item that it belongs to is code until its fence closes.
    const stays = fence !== undefined && frames.areItems(inside.kept);
    if (inside.kept < frames.length && !stays) this.#leaveFrames(inside.kept);
    return inside.text;
  }

  #leaveFrames(kept: number): void {
    this.#finish();
    this.#printer.leave(kept);
  }

  #content(text: string, isLook: boolean): void {
    const { fence } = this.#printer;
    if (fence === undefined) {
      this.#tail += text;
      if (isLook && this.#isWorthALook()) {
        this.#settle(text.endsWith("\n"));
        this.#looked = this.#tail.length;
      }
      return;
    }
    const out = fence.push(text, this.#printer.beginLine);
    if (out === "closed") this.#printer.fence = undefined;
    else this.#out += out;
  }

  /** Short lines are looked at together, but for one that may open a fence. */
  #isWorthALook(): boolean {
    if (this.#tail.length - this.#looked >= LEAST) return true;
    return /`{3}|~{3}/.test(this.#tail.slice(this.#tail.lastIndexOf("\n", this.#tail.length - 2) + 1));
  }

  /** Prints all that is there. */
  #finish(): void {
    const { fence } = this.#printer;
    if (fence !== undefined) {
      this.#out += fence.end(this.#printer.beginLine);
      this.#printer.fence = undefined;
    } else this.#printer.print(this.#printer.read(this.#tail).tokens);
    this.#tail = "";
    this.#looked = 0;
  }

  /** Prints what no later text can change. */
  #settle(lineEnd: boolean): void {
    const { tokens, before } = this.#printer.read(this.#tail);
    const [first] = tokens;
    if (lineEnd && endsInFence(tokens)) {
      this.#enterFence(tokens);
      return;
    }
    if (this.#printer.inTable && lineEnd && tokens.length === 1 && isTable(first)) {
      this.#printer.printRows(first);
      this.#tail = "";
      return;
    }
    const count = Math.max(0, tokens.length - 2);
    if (count > 0) this.#printFirst(tokens.slice(0, count), before);
    const open = tokens.slice(count);
    const last = open.findLastIndex(({ type }) => type !== "space");
    const token = open[last];
    if (isList(token) && token.items.length > 2) {
      this.#printFirst(open.slice(0, last), count > 0 ? 0 : before);
      const items = token.items.slice(0, -2);
      this.#printer.printItems(token, items.length);
      this.#tail = this.#tail.slice(lengthOf(items));
    } else if (lineEnd && isTable(token) && token.rows.length >= MOST_ROWS && last === open.length - 1) {
      this.#printFirst(open.slice(0, last), count > 0 ? 0 : before);
      this.#printer.openTable(token);
      this.#tail = "";
    }
    if (this.#tail.length > LONGEST) this.#shorten(lineEnd);
  }

  /** Prints blocks at the beginning of what is not printed. */
  #printFirst(tokens: readonly Token[], before: number): void {
    if (tokens.length === 0) return;
    this.#printer.print(tokens);
    // A line end that belongs to the head of a table was printed before.
    this.#tail = this.#tail.slice(Math.max(0, lengthOf(tokens) - before));
  }

  /** Prints all up to a fence that has just opened, inside of whatever it is in. */
  #enterFence(tokens: readonly Token[]): void {
    this.#printer.print(tokens.slice(0, -1));
    const last = tokens.at(-1);
    if (isCode(last)) this.#printer.openFence(last);
    else if (isQuote(last)) {
      this.#printer.frames.openQuote();
      this.#enterFence(last.tokens);
    } else if (isList(last)) this.#enterFence(this.#printer.enterItem(last)?.tokens ?? []);
    this.#tail = "";
  }

  /** A block is long: prints its beginning. */
  #shorten(lineEnd: boolean): void {
    const { tokens, before } = this.#printer.read(this.#tail);
    const index = tokens.findLastIndex(({ type }) => type !== "space");
    const last = tokens[index];
    if (last === undefined) return;
    this.#printFirst(tokens.slice(0, index), before);
    const after = this.#tail.slice(last.raw.length - (index > 0 ? 0 : before));
    if (isQuote(last)) {
      this.#printer.frames.openQuote();
      this.#enter(last.tokens, after, lineEnd);
    } else if (isList(last)) {
      const item = this.#printer.enterItem(last);
      const inside = item?.tokens ?? [];
      this.#enter(inside, after, lineEnd);
      // The sign of a task that stands before its text was printed as its bullet.
      if (item?.task && inside.length <= 2) this.#tail = this.#tail.replace(/^\[[ xX]\] /, "");
    } else if (isParagraph(last)) {
      const length = settledLength(this.#tail, this.#tail.length > 3 * LONGEST);
      if (length > 0) this.#printer.printBeginning(this.#tail.slice(0, length), last.type === "heading");
      this.#tail = this.#tail.slice(length);
      return;
    } else {
      if (lineEnd && !isTable(last)) this.#printFirst(tokens.slice(index), index > 0 ? 0 : before);
      return;
    }
    if (this.#tail.length > LONGEST) this.#shorten(lineEnd);
  }

  /** Goes on inside of an item or a quote, of which the last two blocks are open. */
  #enter(tokens: readonly Token[], after: string, lineEnd: boolean): void {
    this.#printer.print(tokens.slice(0, -2));
    this.#tail = rawOf(tokens.slice(-2)) + after;
    if (lineEnd && !this.#tail.endsWith("\n")) this.#tail += "\n";
  }

  #schedule(): void {
    const left = this.#shownAt + FRAME_MS - this.#clock.now();
    if (left <= 0) this.#show();
    else this.#callOff ??= this.#clock.after(left, () => this.#show());
  }

  #show(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#shownAt = this.#clock.now();
    if (this.#live && this.#printer.fence === undefined) {
      const { cut, add } = closeMarks(this.#tail);
      const { tokens } = this.#printer.read(this.#tail.slice(0, cut) + add);
      this.#out += this.#screen.draw(this.#printer.preview(tokens));
    }
    const out = this.#out;
    this.#out = "";
    if (out !== "") this.#write(out);
  }
}

/** Whether a text ends behind the line that opens a fence. */
function endsInFence(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (isCode(last)) return opensFence(last);
  if (isQuote(last)) return endsInFence(last.tokens);
  return isList(last) && endsInFence(last.items.at(-1)?.tokens ?? []);
}

function rawOf(tokens: readonly { raw: string }[]): string {
  return tokens.map(({ raw }) => raw).join("");
}

function lengthOf(tokens: readonly { raw: string }[]): number {
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0);
}

function isCode(token: Token | undefined): token is Tokens.Code {
  return token?.type === "code";
}

function isQuote(token: Token | undefined): token is Tokens.Blockquote {
  return token?.type === "blockquote";
}

function isList(token: Token | undefined): token is Tokens.List {
  return token?.type === "list";
}

function isTable(token: Token | undefined): token is Tokens.Table {
  return token?.type === "table";
}

function isParagraph(token: Token): token is Tokens.Paragraph | Tokens.Heading | Tokens.Text {
  return token.type === "paragraph" || token.type === "heading" || token.type === "text";
}
