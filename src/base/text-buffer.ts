/** How many pieces stand apart at most: each is an object of some 30 bytes, and so is each group of them. */
const SMALL = 32;

/**
 * Text that grows by small pieces. Pieces are joined in groups, so that a long answer costs one flat byte a character and
 * not an object a delta, and no piece keeps the network read alive that it was cut from.
 */
export class TextBuffer {
  #recent: string[] = [];
  #joined = "";

  push(piece: string): void {
    if (this.#recent.push(piece) === SMALL) this.#join();
  }

  /** Everything pushed so far. */
  toString(): string {
    if (this.#recent.length > 0) this.#join();
    return this.#joined;
  }

  #join(): void {
    this.#joined += this.#recent.join("");
    this.#recent = [];
  }
}
