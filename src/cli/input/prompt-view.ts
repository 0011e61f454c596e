import { styled } from "../ansi.js";
import { columnsOf } from "./graphemes.js";
import { layOut, type Row } from "./layout.js";
import type { Screen } from "./screen.js";

/** What is shown: a text with its cursor, behind a prompt. */
export interface PromptContent {
  prompt: string;
  /** Stands before each line but the first. */
  continuation: string;
  text: string;
  /** In UTF-16 code units. */
  cursor: number;
}

/** Erases from the cursor to the end of the screen (ECMA-48, ED). */
const ERASE_BELOW = "\u001b[J";
/** Fewer columns are not reckoned with. */
const LEAST_COLUMNS = 8;

/** A content as it stands in the rows of a terminal. */
interface Placed {
  rows: PlacedRow[];
  cursorRow: number;
  /** The cursor's row, counted from the first of its line. */
  rowInLine: number;
  /** What stands left of the cursor in its row, the prompt aside. */
  left: string;
}

interface PlacedRow extends Row {
  /** What stands before the row, and how many columns that takes. */
  before: string;
  line: number;
}

/**
 * Shows a prompt and what is written behind it, at the end of what is on a screen. The terminal breaks long lines itself: so they can be
 * copied whole, and so it breaks them anew when it is resized. What is higher than the screen is shown in part, around the cursor.
 */
export class PromptView {
  readonly #screen: Screen;
  readonly #colour: boolean;
  #shown: PromptContent | undefined;
  #placed: Placed | undefined;
  /** Rows above the cursor that are ours. */
  #above = 0;
  /** Rows below it. */
  #below = 0;
  /** The first row that is shown, of a content that is higher than the screen. */
  #first = 0;
  /** Rows of lines that were laid out for the last picture. */
  #rows = new Map<string, Row[]>();
  #columns = 0;

  constructor(screen: Screen, colour: boolean) {
    this.#screen = screen;
    this.#colour = colour;
  }

  get isShown(): boolean {
    return this.#shown !== undefined;
  }

  /** Shows a content in place of the one before. */
  show(content: PromptContent): void {
    const placed = this.#place(content);
    const { rows, cursorRow, left } = placed;
    const height = Math.max(3, this.#screen.rows - 1);
    this.#first = windowAt(this.#first, height, rows.length, cursorRow);
    const last = Math.min(rows.length, this.#first + height);
    const hiddenAbove = this.#first > 0 ? this.#first + 1 : 0;
    const hiddenBelow = last < rows.length ? rows.length - last + 1 : 0;
    const lines = rows.slice(this.#first, last).map((row, index, seen) => {
      const next = seen[index + 1];
      const isNote = (index === 0 && hiddenAbove > 0) || (next === undefined && hiddenBelow > 0);
      const isNoteNext = hiddenBelow > 0 && index === seen.length - 2;
      const end = next !== undefined && (next.line !== row.line || isNote || isNoteNext) ? "\r\n" : "";
      return (isNote ? this.#note(index === 0 ? hiddenAbove : hiddenBelow) : this.#write(row)) + end;
    });
    const below = last - 1 - cursorRow;
    const back = `${below > 0 ? `\u001b[${below}A` : ""}\r${this.#prompt(rows[cursorRow])}${left}`;
    this.#screen.write(this.#toTop() + lines.join("") + (below === 0 && this.#isAtEnd(content) ? "" : back));
    this.#above = cursorRow - this.#first;
    this.#placed = placed;
    this.#below = below;
    this.#shown = content;
  }

  /** The window has another size: terminals break long lines anew, so the cursor is in another row of ours. */
  resize(): void {
    const content = this.#shown;
    if (content === undefined) return;
    this.#above = this.#rowsAbove(content);
    this.#first = 0;
    this.show(content);
  }

  /** How many rows of ours are above the cursor after the terminal has become wider or narrower. */
  #rowsAbove(content: PromptContent): number {
    const placed = this.#placed;
    const { reflow, rows } = this.#screen;
    if (placed === undefined || reflow === "none" || placed.rows.length >= rows) return this.#above;
    const now = this.#place({ ...content, ...printedOf(placed) });
    if (reflow === "but-cursor") return now.cursorRow - now.rowInLine + placed.rowInLine;
    // Behind a row that is just full now, terminals differ: a row of ours that stays is better than one of others' that goes.
    const isBehindFull = now.rowInLine > 0 && now.rows[now.cursorRow]?.text === "";
    return isBehindFull ? now.cursorRow - 1 : now.cursorRow;
  }

  /** Leaves what is shown where it is, the cursor in a new line below it. */
  finish(): void {
    if (this.#shown === undefined) return;
    this.#screen.write(`${this.#below > 0 ? `\u001b[${this.#below}B` : ""}\r\n`);
    this.#forget();
  }

  /** Takes away what is shown. */
  erase(): void {
    if (this.#shown === undefined) return;
    this.#screen.write(this.#toTop());
    this.#forget();
  }

  /** Clears the whole screen; what is shown next stands at its top. */
  clear(): void {
    this.#screen.write("\u001b[H\u001b[2J");
    this.#forget();
  }

  #forget(): void {
    this.#shown = undefined;
    this.#above = 0;
    this.#below = 0;
    this.#first = 0;
  }

  #toTop(): string {
    return `${this.#above > 0 ? `\u001b[${this.#above}A` : ""}\r${ERASE_BELOW}`;
  }

  #isAtEnd({ text, cursor }: PromptContent): boolean {
    return cursor === text.length;
  }

  #note(hidden: number): string {
    return styled(`… ${hidden} more rows`.slice(0, this.#columns - 1), "dim", this.#colour);
  }

  #write(row: PlacedRow): string {
    // A row that nothing stands in yet follows a full one: a blank takes the cursor there.
    if (row.text === "" && row.before === "" && row.from > 0) return " \r";
    return this.#prompt(row) + row.text;
  }

  #prompt(row: PlacedRow | undefined): string {
    if (row === undefined || row.before === "") return "";
    return styled(row.before, row.line === 0 ? "cyan" : "dim", this.#colour);
  }

  #place(content: PromptContent): Placed {
    const columns = Math.max(LEAST_COLUMNS, this.#screen.columns);
    const known = columns === this.#columns ? this.#rows : new Map<string, Row[]>();
    this.#columns = columns;
    this.#rows = new Map();
    const rows: PlacedRow[] = [];
    let [cursorRow, rowInLine] = [0, 0];
    let left = "";
    let begin = 0;
    const lines = content.text.split("\n");
    for (const [line, text] of lines.entries()) {
      const before = line === 0 ? content.prompt : content.continuation;
      const key = `${before}\n${text}`;
      const laid = known.get(key) ?? layOut(text, columnsOf(before), columns);
      this.#rows.set(key, laid);
      const at = content.cursor - begin;
      const hasCursor = at >= 0 && at <= text.length;
      for (const [index, row] of laid.entries()) {
        const isSpare = index > 0 && row.from === row.to;
        if (isSpare && line < lines.length - 1 && !(hasCursor && at === text.length)) continue;
        if (hasCursor && at >= row.from && (at < row.to || index === laid.length - 1)) {
          cursorRow = rows.length;
          rowInLine = index;
          left = row.from === row.to ? "" : leftOf(row, text, at);
        }
        rows.push({ ...row, before: index === 0 ? before : "", line });
      }
      begin += text.length + 1;
    }
    return { rows, cursorRow, rowInLine, left };
  }
}

/** What was printed, tabs as the blanks that were printed for them, and where in it the cursor is. */
function printedOf({ rows, cursorRow, left }: Placed): { text: string; cursor: number } {
  let text = "";
  let cursor = 0;
  for (const [index, row] of rows.entries()) {
    if (index > 0 && row.line !== rows[index - 1]?.line) text += "\n";
    if (index === cursorRow) cursor = text.length + left.length;
    text += row.text === "" && row.before === "" && row.from > 0 ? " " : row.text;
  }
  return { text, cursor };
}

/** What stands in a row left of the cursor. */
function leftOf(row: Row, line: string, at: number): string {
  if (at >= row.to) return row.text;
  const right = line.slice(at, row.to);
  // Tabs are shown as blanks: what is right of the cursor is taken off the end, where no tab is there to be counted.
  if (!line.slice(row.from, row.to).includes("\t")) return row.text.slice(0, row.text.length - right.length);
  const prefix = row.width - columnsOf(row.text);
  return layOut(line.slice(row.from, at), prefix, Number.POSITIVE_INFINITY)[0]?.text ?? "";
}

/** The first row of a window that is as high as it may be, moves as little as it can, and has the cursor within its edges. */
function windowAt(first: number, height: number, rows: number, cursor: number): number {
  if (rows <= height) return 0;
  const least = cursor >= rows - 1 ? rows - height : Math.min(cursor + 2 - height, rows - height);
  const most = cursor === 0 ? 0 : cursor - 1;
  return Math.max(0, Math.min(Math.max(first, least), most, rows - height));
}
