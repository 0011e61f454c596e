import type { Interface } from "node:readline";
import { LINE_MARK, PASTE_MARK } from "./paste-input.js";

/** What was entered at once. */
export interface Entry {
  text: string;
  /** Whether it was pasted, or holds a paste of several lines: then it is a message, whatever it begins with. */
  pasted: boolean;
}

/** What is entered at a terminal, one entry when asked for. What is entered while an answer arrives waits its turn. */
export class LineQueue {
  #entries: Entry[] = [];
  #begun = "";
  #waiting: ((entry: Entry | undefined) => void) | undefined;
  #closed = false;

  constructor(terminal: Interface) {
    terminal.on("line", (line) => this.#push(line));
    terminal.on("close", () => {
      this.#closed = true;
      this.#waiting?.(undefined);
    });
  }

  /** The next entry, lines that end in a backslash joined with what follows; `undefined` once the terminal is closed. */
  next(): Promise<Entry | undefined> {
    const entry = this.#entries.shift();
    if (entry !== undefined || this.#closed) return Promise.resolve(entry);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Forgets what waits. */
  clear(): void {
    this.#entries = [];
    this.#begun = "";
  }

  #push(line: string): void {
    if (line.endsWith("\\")) {
      this.#begun += `${line.slice(0, -1)}\n`;
      return;
    }
    const whole = this.#begun + line;
    this.#begun = "";
    const pasted = whole.startsWith(PASTE_MARK) || whole.includes(LINE_MARK);
    const entry = { text: whole.replaceAll(PASTE_MARK, "").replaceAll(LINE_MARK, "\n"), pasted };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#entries.push(entry);
    else waiting(entry);
  }
}
