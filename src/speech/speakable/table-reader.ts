const SEPARATOR = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*(?:\|\s*)?$/;

/** Reads a table of Markdown row by row, each cell with the name of its column. */
export class TableReader {
  /** A row of which it is not known whether it names the columns. */
  #first: string[] | undefined;
  #columns: string[] | undefined;

  /** A row as it is read; `""` for one that is read with those after it. */
  row(line: string): string {
    if (SEPARATOR.test(line)) {
      if (this.#first !== undefined) this.#columns = this.#first;
      this.#first = undefined;
      return "";
    }
    const cells = cellsOf(line);
    if (this.#columns !== undefined) return this.#named(cells, this.#columns);
    if (this.#first === undefined) {
      this.#first = cells;
      return "";
    }
    const before = sentence(this.#first);
    this.#first = cells;
    return before;
  }

  /** The table is over: what was not read yet. */
  end(): string {
    const rest = this.#first === undefined ? "" : sentence(this.#first);
    this.#first = undefined;
    this.#columns = undefined;
    return rest;
  }

  #named(cells: readonly string[], columns: readonly string[]): string {
    const read = cells.map((cell, index) => {
      const column = columns[index] ?? "";
      return column === "" || cell === "" ? cell : `${column}: ${cell}`;
    });
    return sentence(read);
  }
}

function cellsOf(line: string): string[] {
  const inside = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function sentence(cells: readonly string[]): string {
  const read = cells.filter((cell) => cell !== "").join(", ");
  return read === "" ? "" : `${read}.`;
}
