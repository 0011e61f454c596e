import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import { Draft } from "./draft.js";
import { EntryQueue } from "./entry-queue.js";
import { type Entry, readEntry } from "./read-entry.js";
import type { TypedInput } from "./typed-input.js";

/** Lines of a terminal that edits and shows them itself: one that is called `dumb`, or where nothing can be shown. */
export class PlainLines implements TypedInput {
  knowsHowToLeave = false;
  readonly #write: (text: string) => void;
  readonly #terminal: Interface;
  #draft = new Draft();
  readonly #entries = new EntryQueue<Entry>();
  #asked: ((entry: Entry | undefined) => void) | undefined;
  #isQuestion = false;
  #isClosed = false;

  constructor(input: Readable, write: (text: string) => void) {
    this.#write = write;
    this.#terminal = createInterface({ input, terminal: false });
    this.#terminal.on("line", (line) => this.#take(line));
    this.#terminal.on("close", () => this.close());
  }

  next(): Promise<Entry | undefined> {
    const entry = this.#entries.shift();
    return entry === undefined ? this.#ask(false) : Promise.resolve(entry);
  }

  async ask(): Promise<string | undefined> {
    const entry = await this.#entries.setAside(() => this.#ask(true));
    return entry?.text;
  }

  forget(): number {
    return this.#entries.clear();
  }

  clear(): boolean {
    const { text } = this.#draft;
    this.#draft = new Draft();
    if (text !== "") this.#write("\n› ");
    return text !== "";
  }

  say(text: string): void {
    this.#write(`\n${text}\n${this.#asked === undefined ? "" : "› "}`);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#terminal.close();
    this.#answer(undefined);
  }

  #ask(isQuestion: boolean): Promise<Entry | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    this.#write("› ");
    return new Promise((resolve) => {
      this.#isQuestion = isQuestion;
      this.#asked = resolve;
    });
  }

  #take(line: string): void {
    this.knowsHowToLeave = false;
    this.#draft.insert(line);
    const entry = this.#isQuestion ? ({ kind: "message", text: line } as const) : this.#read();
    if (entry === undefined) {
      if (this.#asked !== undefined) this.#write("… ");
      return;
    }
    this.#draft = new Draft();
    if (entry.text.trim() === "" && !this.#isQuestion) {
      if (this.#asked !== undefined) this.#write("› ");
    } else if (this.#asked === undefined) this.#entries.push(entry);
    else this.#answer(entry);
  }

  /** `undefined` where the entry goes on in the next line. */
  #read(): Entry | undefined {
    const entry = readEntry(this.#draft);
    if (entry === undefined) this.#draft.insert("\n");
    return entry === undefined || this.#draft.continueLine() ? undefined : entry;
  }

  #answer(entry: Entry | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#isQuestion = false;
    asked?.(entry);
  }
}
