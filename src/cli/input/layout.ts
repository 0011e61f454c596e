import { graphemes } from "./graphemes.js";

/** A line of a terminal. */
export interface Row {
  /** What is shown, tabs as blanks. */
  text: string;
  /** Columns that it takes, what stands before it included. */
  width: number;
  /** The range of the line that it shows, in UTF-16 code units. */
  from: number;
  to: number;
}

const TAB_COLUMNS = 4;

/**
 * A line as it stands in a terminal that goes on in the next row where one is full. @param before columns that are taken in the first
 * row. There is a row more where the last is full: the cursor has to stand somewhere.
 */
export function layOut(line: string, before: number, columns: number): Row[] {
  const rows: Row[] = [];
  let row: Row = { text: "", width: before, from: 0, to: 0 };
  const next = () => {
    rows.push(row);
    row = { text: "", width: 0, from: row.to, to: row.to };
  };
  for (const { text, width } of graphemes(line)) {
    const isTab = text === "\t";
    if (row.width + (isTab ? 1 : Math.min(width, columns)) > columns) next();
    // A tab ends at the edge at the latest.
    const blanks = Math.min(TAB_COLUMNS - (row.width % TAB_COLUMNS), columns - row.width);
    row.text += isTab ? " ".repeat(blanks) : text;
    row.width += isTab ? blanks : Math.min(width, columns);
    row.to += text.length;
  }
  if (row.width >= columns) next();
  rows.push(row);
  return rows;
}
