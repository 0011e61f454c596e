import { Terminal } from "@xterm/headless";

/** A terminal without a window: what stands on it, with what has scrolled off. */
export class TerminalScreen {
  readonly #terminal: Terminal;
  #written: Promise<void> = Promise.resolve();

  /** @param reflowCursorLine whether the line with the cursor is broken anew as well when it becomes narrower. */
  constructor(columns = 80, rows = 24, reflowCursorLine = true) {
    this.#terminal = new Terminal({
      cols: columns,
      rows,
      scrollback: 100_000,
      allowProposedApi: true,
      convertEol: true,
      reflowCursorLine,
    });
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  write(text: string): void {
    this.#written = new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#written;
    this.#terminal.resize(columns, rows);
  }

  /** Where the cursor is: the row, counted from the first that was ever written, and the column. */
  async cursor(): Promise<{ row: number; column: number }> {
    await this.#written;
    const { baseY, cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: baseY + cursorY, column: cursorX };
  }

  /** Its lines; those that the terminal broke are one. */
  async lines(): Promise<string[]> {
    await this.#written;
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row);
      const goesOn = buffer.getLine(row + 1)?.isWrapped === true;
      const text = line?.translateToString(!goesOn) ?? "";
      if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }
}
