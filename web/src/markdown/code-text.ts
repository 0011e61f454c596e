/** What shows a code text that grows. */
export interface CodeReader {
  /** More of it has come. */
  append(text: string): void;
  /** It is whole. */
  close(): void;
}

/** The text of a block of code, which may still be arriving. Each piece reaches its reader once. */
export class CodeText {
  /** What the fence says after its mark, for example `ts title="a.ts"`. */
  readonly info: string;
  #pieces: string[] = [];
  #closed = false;
  #reader: CodeReader | undefined;

  constructor(info: string, text = "") {
    this.info = info;
    if (text !== "") this.#pieces.push(text);
  }

  /** The language, as highlighters name it; empty where none is given. */
  get language(): string {
    return /^[\w+#.-]+/.exec(this.info)?.[0]?.toLowerCase() ?? "";
  }

  /** Whether no more will come. */
  get closed(): boolean {
    return this.#closed;
  }

  push(text: string): void {
    if (text === "") return;
    this.#pieces.push(text);
    this.#reader?.append(text);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.close();
  }

  /** Shows it: all that there is, then what comes. Returns how to leave. */
  read(reader: CodeReader): () => void {
    this.#reader = reader;
    reader.append(this.toString());
    if (this.#closed) reader.close();
    return () => {
      if (this.#reader === reader) this.#reader = undefined;
    };
  }

  toString(): string {
    this.#pieces = [this.#pieces.join("")];
    return this.#pieces[0] ?? "";
  }
}
