import { graphemeAfter, graphemeBefore, typedBefore } from "./graphemes.js";

/** A word, for movements: letters, digits and what stands between them in names. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;

/**
 * What is being written: a text of any number of lines, and the cursor in it. It is known of each character whether it was typed or
 * pasted: what is pasted is text, and never a sign to this program.
 */
export class Draft {
  #text = "";
  /** For each character of the text, `t` for typed or `p` for pasted. */
  #origins = "";
  #cursor = 0;

  get text(): string {
    return this.#text;
  }

  /** Where the cursor stands, in UTF-16 code units. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Whether all of a range was typed. */
  isTyped(from: number, to: number): boolean {
    return to <= this.#text.length && !this.#origins.slice(from, to).includes("p");
  }

  /** From here on a range counts as pasted. */
  markPasted(from: number, to: number): void {
    this.#origins = this.#origins.slice(0, from) + "p".repeat(to - from) + this.#origins.slice(to);
  }

  /** Begins anew with a text, the cursor behind it. */
  set(text: string, pasted = false): void {
    this.#text = "";
    this.#origins = "";
    this.#cursor = 0;
    this.insert(text, pasted);
  }

  insert(text: string, pasted = false): void {
    this.replace(this.#cursor, this.#cursor, text, pasted);
  }

  /** Puts a text in place of a range; the cursor stands behind it. @returns what stood there. */
  replace(from: number, to: number, text: string, pasted = false): string {
    const removed = this.#text.slice(from, to);
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    const origins = (pasted ? "p" : "t").repeat(text.length);
    this.#origins = this.#origins.slice(0, from) + origins + this.#origins.slice(to);
    this.#cursor = from + text.length;
    return removed;
  }

  moveTo(cursor: number): void {
    this.#cursor = Math.max(0, Math.min(cursor, this.#text.length));
  }

  /** Where one character further to the left or right is; an emoji of several code points is one. */
  get left(): number {
    return this.#cursor - graphemeBefore(this.#text, this.#cursor).length;
  }

  /** Where what backspace takes away begins. */
  get typedLeft(): number {
    return this.#cursor - typedBefore(this.#text, this.#cursor).length;
  }

  get right(): number {
    return this.#cursor + graphemeAfter(this.#text, this.#cursor).length;
  }

  get lineStart(): number {
    return this.#text.lastIndexOf("\n", this.#cursor - 1) + 1;
  }

  get lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#cursor);
    return end === -1 ? this.#text.length : end;
  }

  /** Where the word that ends at the cursor, or before it, begins. */
  get wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && !WORD.test(this.#text.charAt(at - 1))) at--;
    while (at > 0 && WORD.test(this.#text.charAt(at - 1))) at--;
    return at;
  }

  get wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#text.length && !WORD.test(this.#text.charAt(at))) at++;
    while (at < this.#text.length && WORD.test(this.#text.charAt(at))) at++;
    return at;
  }

  /** Where what is between blanks begins: what Ctrl-W removes. */
  get blankStart(): number {
    const before = this.#text.slice(0, this.#cursor).trimEnd();
    return before.length - (/\S*$/.exec(before.slice(before.lastIndexOf("\n") + 1)) ?? [""])[0].length;
  }

  /** Moves a line up or down, to the same column where there is one. @returns `false` where there is no such line. */
  moveLine(by: -1 | 1): boolean {
    const column = this.#cursor - this.lineStart;
    const edge = by === -1 ? this.lineStart - 1 : this.lineEnd + 1;
    if (edge < 0 || edge > this.#text.length) return false;
    this.#cursor = edge;
    this.#cursor = Math.min(this.lineStart + column, this.lineEnd);
    // The column may be within a character.
    const start = this.lineStart;
    if (this.#cursor > start) this.#cursor = this.left + graphemeAfter(this.#text, this.left).length;
    return true;
  }

  /** Ends a line that was ended with a typed backslash, which goes. @returns `false` if there is none before the cursor. */
  continueLine(): boolean {
    const at = this.#cursor;
    if (this.#text.charAt(at - 1) !== "\\" || !this.isTyped(at - 1, at) || at !== this.lineEnd) return false;
    this.replace(at - 1, at, "\n");
    return true;
  }
}
