const BACKTICK = 0x60;
const TILDE = 0x7e;
/** A line feed. */
export const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** The least backticks or tildes of a fence, and the most spaces before it (CommonMark 0.31, section 4.5). */
const LEAST = 3;
const INDENT = 3;

/** Tells fenced code of Markdown from text, character by character. */
export class CodeFence {
  /** Inside of code: the sign and the length of its fence. */
  #open: { sign: number; length: number } | undefined;
  #place: "indent" | "run" | "info" | "line" = "indent";
  #indent = 0;
  #sign = 0;
  #length = 0;
  /** Whether only spaces stand behind a run of signs. */
  #blank = true;

  /** Whether the character that was pushed last is code, its fences and the line of the opening one included. */
  get inCode(): boolean {
    return this.#open !== undefined;
  }

  /** Whether only the end of the line can change anything. */
  get inLine(): boolean {
    return this.#place === "line";
  }

  push(code: number): void {
    if (code === NEWLINE || code === RETURN) this.#endLine();
    else if (this.#place === "indent") this.#pushIndent(code);
    else if (this.#place === "run") this.#pushRun(code);
    else if (this.#place === "info") this.#pushInfo(code);
  }

  #pushIndent(code: number): void {
    if (code === SPACE && ++this.#indent <= INDENT) return;
    if (code !== BACKTICK && code !== TILDE) {
      this.#place = "line";
      return;
    }
    this.#place = "run";
    this.#sign = code;
    this.#length = 1;
  }

  #pushRun(code: number): void {
    if (code === this.#sign) {
      this.#length++;
      return;
    }
    this.#place = this.#length < LEAST ? "line" : "info";
    this.#blank = true;
    if (this.#place === "info") this.#pushInfo(code);
  }

  #pushInfo(code: number): void {
    if (code !== SPACE) this.#blank = false;
    if (code !== BACKTICK || this.#sign !== BACKTICK) return;
    // Three backticks and another one later in the line are a span of code, not a fence.
    this.#place = "line";
  }

  #endLine(): void {
    const { sign, length } = this.#open ?? { sign: 0, length: LEAST };
    const fence = (this.#place === "run" || this.#place === "info") && this.#length >= length;
    if (fence && this.#open === undefined) this.#open = { sign: this.#sign, length: this.#length };
    else if (fence && this.#sign === sign && (this.#place === "run" || this.#blank)) this.#open = undefined;
    this.#place = "indent";
    this.#indent = 0;
  }
}
