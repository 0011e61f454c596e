import { SluiceError } from "../error.js";

/** The beginning of a line whose end has not arrived. Kept in pieces, so that a long line costs its length and no more. */
export class LineBuffer {
  #pieces: string[] = [];
  #length = 0;
  readonly #max: number;

  /** @param max longest line, in UTF-16 code units. */
  constructor(max: number) {
    this.#max = max;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** @throws {SluiceError} `frame-too-large`. */
  push(piece: string): void {
    if (piece === "") return;
    this.#length += piece.length;
    checkLength(this.#length, this.#max);
    this.#pieces.push(piece);
  }

  /** The whole line, given its last piece; the buffer is empty afterwards. */
  finish(last: string): string {
    if (this.#length === 0) return last;
    checkLength(this.#length + last.length, this.#max);
    this.#pieces.push(last);
    const line = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

/** @throws {SluiceError} `frame-too-large` when a frame is longer than it may be. */
export function checkLength(length: number, max: number): void {
  if (length > max) {
    throw new SluiceError("frame-too-large", `a frame of the stream is longer than ${max} characters (maxFrameLength)`);
  }
}
