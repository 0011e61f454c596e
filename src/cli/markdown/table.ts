import type { Tokens } from "marked";
import { columnsAtMost, columnsOf } from "./columns.js";
import { inlineSpans } from "./inline.js";
import { plainOf, type Span, type Spans, span, spanColumns } from "./span.js";
import { wrap } from "./wrap.js";

/** Between two columns. */
const BAR = span(" │ ", "dim");
const BAR_COLUMNS = 3;
/** The narrowest column: with less room, a row is shown as a list of its cells. */
const NARROWEST = 3;

/** How a table is drawn: made of the rows that are there when it begins to be. */
export interface TablePlan {
  readonly header: Tokens.TableCell[];
  /** Columns of the screen for each column; `undefined` where they do not fit beside each other. */
  readonly widths: readonly number[] | undefined;
  /** Whether a line parts the rows, since some have several lines. */
  readonly ruled: boolean;
  readonly width: number;
}

/**
 * Finds widths: as wide as what is in them, or the widest ones less, until all fit.
 *
 * @param goesOn whether rows follow that are not known: what is left of the screen's width is for them.
 */
export function planTable(table: Tokens.Table, width: number, goesOn = false): TablePlan {
  const rows = [table.header, ...table.rows];
  const natural = table.header.map((_, index) => Math.max(1, ...rows.map((row) => widest(row[index]))));
  // Terminals differ in how wide some sequences are: where there are any, some room is left.
  const slack = Math.max(0, ...rows.map(slackOf));
  const room = width - BAR_COLUMNS * (natural.length - 1) - slack;
  const fitting = shrink(natural, room);
  const widths = goesOn ? fitting?.map(spread(room - sumOf(fitting))) : fitting;
  const ruled = widths !== undefined && rows.some((row) => row.some((cell, index) => tall(cell, widths[index] ?? 1)));
  return { header: table.header, widths, ruled, width };
}

/** The plan for a screen of another width. */
export function refit(plan: TablePlan, width: number): TablePlan {
  const { widths = [] } = plan;
  return { ...plan, width, widths: shrink(widths, width - BAR_COLUMNS * (widths.length - 1)) };
}

/** The head of a table. */
function headLines(plan: TablePlan): Span[][] {
  const { widths } = plan;
  if (widths === undefined) return [];
  return [...cellsBeside(plan.header, widths, true), ruleOf(widths)];
}

/**
 * A row of a table.
 *
 * @param first whether it is the first.
 */
export function rowLines(plan: TablePlan, row: readonly Tokens.TableCell[], first: boolean): Span[][] {
  const { widths, header } = plan;
  if (widths === undefined)
    return [
      ...(first ? [] : [[span("─".repeat(Math.min(plan.width, 20)), "dim")]]),
      ...stacked(header, row, plan.width),
    ];
  return [...(first || !plan.ruled ? [] : [ruleOf(widths)]), ...cellsBeside(row, widths, false)];
}

/** A whole table. */
export function tableLines(table: Tokens.Table, width: number): Span[][] {
  const plan = planTable(table, width);
  if (plan.widths === undefined && table.rows.length === 0) return stacked(table.header, [], width);
  return linesAsPlanned(table, plan);
}

/** The head and the rows of a table. */
export function linesAsPlanned(table: Tokens.Table, plan: TablePlan): Span[][] {
  return [...headLines(plan), ...table.rows.flatMap((row, index) => rowLines(plan, row, index === 0))];
}

function widest(cell: Tokens.TableCell | undefined): number {
  if (cell === undefined) return 0;
  return Math.max(...plainOf(inlineSpans(cell.tokens)).split("\n").map(columnsOf));
}

function slackOf(row: readonly Tokens.TableCell[]): number {
  return row.reduce((sum, { tokens }) => {
    const text = plainOf(inlineSpans(tokens));
    return sum + columnsAtMost(text) - columnsOf(text);
  }, 0);
}

function tall(cell: Tokens.TableCell, width: number): boolean {
  return wrap(inlineSpans(cell.tokens), width, true).length > 1;
}

/** The widths with as much taken from the widest as is needed; `undefined` where that is too much. */
function shrink(natural: readonly number[], room: number): number[] | undefined {
  const least = natural.reduce((sum, width) => sum + Math.min(width, NARROWEST), 0);
  if (least > room) return undefined;
  // The level above which columns are cut: what the narrow ones do not need is for the wide ones.
  let left = room;
  const widths = [...natural];
  const byWidth = natural.map((width, index) => ({ width, index })).sort((a, b) => a.width - b.width);
  for (const [done, { width, index }] of byWidth.entries()) {
    const share = Math.floor(left / (byWidth.length - done));
    widths[index] = Math.min(width, Math.max(share, 1));
    left -= widths[index] ?? 0;
  }
  return widths;
}

/** Gives columns a part of what is left, up to the double of what they have. */
function spread(left: number): (width: number, index: number, all: readonly number[]) => number {
  return (width, _, all) => width + Math.min(width + 4, Math.max(0, Math.floor(left / all.length)));
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

function ruleOf(widths: readonly number[]): Span[] {
  return [span(widths.map((width) => "─".repeat(width)).join("─┼─"), "dim")];
}

function cellsBeside(row: readonly Tokens.TableCell[], widths: readonly number[], bold: boolean): Span[][] {
  const cells = widths.map((width, index) => {
    const cell = row[index];
    return cell === undefined
      ? [[]]
      : wrap(inlineSpans(cell.tokens, ...(bold ? (["bold"] as const) : [])), width, true);
  });
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    widths.flatMap((width, index) => {
      const last = index === widths.length - 1;
      const own = padded(cells[index]?.[line] ?? [], width, row[index]?.align ?? null, last);
      return last ? own : [...own, BAR];
    }),
  );
}

function padded(spans: Spans, width: number, align: Tokens.TableCell["align"], last: boolean): Span[] {
  const room = Math.max(0, width - spanColumns(spans));
  const before = align === "right" ? room : align === "center" ? Math.floor(room / 2) : 0;
  const after = last ? 0 : room - before;
  return [...(before > 0 ? [span(" ".repeat(before))] : []), ...spans, ...(after > 0 ? [span(" ".repeat(after))] : [])];
}

/** A row of a table that has no room: each cell with its head before it. */
function stacked(header: readonly Tokens.TableCell[], row: readonly Tokens.TableCell[], width: number): Span[][] {
  return header.flatMap((head, index) => {
    const cell = row[index];
    const named = inlineSpans(head.tokens, "bold");
    const value = cell === undefined ? [] : inlineSpans(cell.tokens);
    return wrap(value.length === 0 ? named : [...named, span(": "), ...value], width);
  });
}
