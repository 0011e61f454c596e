import xterm from "@xterm/headless";

/** A terminal without a window: what is written to it, and what then stands on its screen. */
export class HeadlessScreen {
  readonly breaksCursorLine = false;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1_000 });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#written();
    this.#terminal.resize(columns, rows);
  }

  /** Everything that was written since the beginning, lines that the terminal broke joined, without blanks at their ends. */
  async lines(): Promise<string[]> {
    await this.#written();
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row++) {
      const line = active.getLine(row);
      const text = line?.translateToString(!active.getLine(row + 1)?.isWrapped) ?? "";
      if (line?.isWrapped) lines.push(`${lines.pop()}${text}`);
      else lines.push(text);
    }
    while (lines.at(-1)?.trimEnd() === "") lines.pop();
    return lines.map((line) => line.trimEnd());
  }

  /** Where the cursor is: the row, counted from the first that was ever written, and the column. */
  async cursor(): Promise<{ row: number; column: number }> {
    await this.#written();
    const { active } = this.#terminal.buffer;
    return { row: active.baseY + active.cursorY, column: active.cursorX };
  }

  #written(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write("", resolve));
  }
}
