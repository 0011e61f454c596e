import type { Interface } from "node:readline";

/** Lines from a terminal, one when asked for. What is typed while an answer arrives waits its turn. */
export class LineQueue {
  readonly #lines: string[] = [];
  #begun = "";
  #waiting: ((line: string | undefined) => void) | undefined;
  #closed = false;

  constructor(terminal: Interface) {
    terminal.on("line", (line) => this.#push(line));
    terminal.on("close", () => {
      this.#closed = true;
      this.#waiting?.(undefined);
    });
  }

  /** The next line, those that end in a backslash joined with what follows; `undefined` once the terminal is closed. */
  next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.#closed) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #push(line: string): void {
    if (line.endsWith("\\")) {
      this.#begun += `${line.slice(0, -1)}\n`;
      return;
    }
    const whole = this.#begun + line;
    this.#begun = "";
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(whole);
    else waiting(whole);
  }
}
