import type { Token, Tokens } from "marked";
import { type Above, blockLines, labelLines, markerOf } from "./blocks.js";
import { Frames } from "./frames.js";
import { inlineSpans } from "./inline.js";
import { lex, lexInline } from "./lex.js";
import { OpenFence } from "./open-fence.js";
import { ansiOf, type Span, type Spans, span } from "./span.js";
import { linesAsPlanned, planTable, refit, rowLines, type TablePlan } from "./table.js";
import { wrap } from "./wrap.js";

/** Begins the rest of a paragraph, so that it is read as one whatever its first word is. No text has this character. */
const GOES_ON = "\u{10FFFD} ";

/**
 * Lays blocks out, inside of the lists and quotes that are open, as what stands above them demands: a paragraph or a table
 * that goes on, a number, a blank line.
 */
export class BlockPrinter {
  readonly frames = new Frames();
  /** The fence that is open: what comes is code. */
  fence: OpenFence | undefined;
  readonly #columns: () => number;
  readonly #print: (lines: readonly Spans[]) => void;
  #above: Above = { printed: false, blank: false };
  /** A paragraph goes on: what its last line holds so far. */
  #carry: readonly Span[] | undefined;
  /** A table goes on: how it is drawn, and its head in Markdown. */
  #table: { plan: TablePlan; head: string } | undefined;
  /** The number of the next item, where a list goes on. */
  #number: number | undefined;

  /**
   * @param columns says how wide the screen is.
   * @param print takes lines that are printed for good.
   */
  constructor(columns: () => number, print: (lines: readonly Spans[]) => void) {
    this.#columns = columns;
    this.#print = print;
  }

  get inTable(): boolean {
    return this.#table !== undefined;
  }

  get width(): number {
    return Math.max(1, this.#columns() - this.frames.columns);
  }

  /** The blocks of what is not printed. Their lengths count from the beginning of `before`. */
  read(tail: string): { tokens: Token[]; before: number } {
    const before = this.#carry === undefined ? (this.#table?.head ?? "") : GOES_ON;
    return { tokens: lex(before + tail), before: before.length };
  }

  /** The lines of blocks that may yet change, with what stands before them. */
  preview(tokens: readonly Token[]): Spans[] {
    return this.frames.around(this.#lines(tokens, { ...this.#above }), false);
  }

  /** Prints blocks. */
  print(tokens: readonly Token[]): void {
    if (tokens.length === 0) return;
    this.#emit(this.#lines(tokens, this.#above));
    this.#carry = undefined;
    this.#table = undefined;
    if (tokens.some(({ type }) => type !== "space")) this.#number = undefined;
  }

  /** Prints the first items of a list; those that follow go on with its numbers. */
  printItems(list: Tokens.List, count: number): void {
    if (count === 0) return;
    const items = list.items.slice(0, count);
    const start = this.#numbered(list);
    this.print([{ ...list, items, raw: items.map(({ raw }) => raw).join("") }]);
    this.#number = typeof start === "number" ? start + count : undefined;
  }

  /** Prints a list but for its last item, whose lines are read without their indent from here on. */
  enterItem(list: Tokens.List): Tokens.ListItem | undefined {
    const index = list.items.length - 1;
    const item = list.items[index];
    if (item === undefined) return undefined;
    const start = this.#numbered(list);
    this.printItems(list, index);
    this.#number = undefined;
    const marker = markerOf({ ...list, start }, index);
    this.frames.openItem(item.raw, marker, typeof start === "number" ? start + index + 1 : undefined);
    return item;
  }

  /** Ends the lists and quotes from one on. */
  leave(kept: number): void {
    this.#number = this.frames.close(kept);
  }

  /** The text is over: another one begins. */
  reset(): void {
    this.leave(0);
    this.#above = { printed: false, blank: false };
    this.#carry = undefined;
    this.#table = undefined;
    this.#number = undefined;
  }

  /** Begins to print code as it comes. */
  openFence(code: Tokens.Code): void {
    const label = labelLines(code.lang);
    const lines = this.#above.blank && this.#above.printed ? [[], ...label] : label;
    // Even of nothing: what is drawn gives way.
    this.#print(this.frames.around(lines, true));
    this.#above.blank = false;
    this.#above.printed = true;
    this.fence = new OpenFence(code);
  }

  /** Prints the rows of a table that goes on. */
  openTable(table: Tokens.Table): void {
    const plan = planTable(table, this.width, true);
    const [header = "", delimiter = ""] = table.raw.trimStart().split("\n");
    const lines = linesAsPlanned(table, plan);
    this.#emit(this.#above.blank && this.#above.printed ? [[], ...lines] : lines);
    this.#above = { printed: true, blank: false };
    this.#table = { plan, head: `${header}\n${delimiter}\n` };
  }

  /** Prints rows that have come, in a table that goes on. */
  printRows(table: Tokens.Table): void {
    const open = this.#table;
    if (open !== undefined) this.#emit(table.rows.flatMap((row) => rowLines(this.#planned(open.plan), row, false)));
  }

  /** Prints the beginning of a paragraph that is too long to wait for its end. */
  printBeginning(text: string, heading: boolean): void {
    const own = heading
      ? inlineSpans(lexInline(text.replace(/^ {0,3}#{1,6} +/, "")), "bold")
      : inlineSpans(lexInline(text));
    if (this.#carry === undefined && this.#above.blank && this.#above.printed) this.#emit([[]]);
    const lines = wrap([...(this.#carry ?? []), ...own], this.width);
    const goesOn = !text.endsWith("\n");
    const last = goesOn ? (lines.pop() ?? []) : [];
    this.#emit(lines);
    this.#above = { printed: true, blank: false };
    this.#carry = goesOn ? [...last, ...(text.endsWith(" ") ? [span(" ")] : [])] : undefined;
  }

  /** What stands before a line that begins now. */
  readonly beginLine = (): string => ansiOf(this.frames.around([[span("")]], true)[0] ?? []);

  #emit(lines: readonly Spans[]): void {
    if (lines.length > 0) this.#print(this.frames.around(lines, true));
  }

  #lines(tokens: readonly Token[], above: Above): Span[][] {
    const [first, ...others] = tokens;
    if (first === undefined) return [];
    if (this.#carry !== undefined) {
      const rest = inlineSpans(lexInline(first.raw.slice(GOES_ON.length).trimEnd()));
      const spans = [...this.#carry, ...rest];
      above.blank = /\n[ \t]*\n\s*$/.test(first.raw);
      return [...(spans.length === 0 ? [] : wrap(spans, this.width)), ...blockLines(others, this.width, above)];
    }
    if (this.#table !== undefined && first.type === "table") {
      const plan = this.#planned(this.#table.plan);
      const { rows } = first as Tokens.Table;
      return [...rows.flatMap((row) => rowLines(plan, row, false)), ...blockLines(others, this.width, above)];
    }
    return blockLines(
      tokens.map((token) => this.#continued(token, tokens)),
      this.width,
      above,
    );
  }

  /** The first list goes on with the numbers of what was printed of it. */
  #continued(token: Token, tokens: readonly Token[]): Token {
    if (this.#number === undefined || token.type !== "list") return token;
    if (token !== tokens.find(({ type }) => type !== "space")) return token;
    return { ...token, start: this.#numbered(token as Tokens.List) };
  }

  #numbered(list: Tokens.List): number | "" {
    return list.ordered ? (this.#number ?? list.start) : "";
  }

  /** The widths of a table are those of its first rows, unless the screen is another one now. */
  #planned(plan: TablePlan): TablePlan {
    return plan.width === this.width ? plan : refit(plan, this.width);
  }
}
