import type { Draft } from "./draft.js";
import { chordOf, type Key } from "./key.js";

/**
 * Keys that were read at once. A terminal that does not mark pastes gives one as keys, and Enter at the end of each of its lines; who types
 * presses Enter, and what follows comes later. So where text follows on an Enter at once, all of it is a paste. Enter is a carriage return:
 * lines that end in a line feed were typed before we listened, or by a program.
 */
export class Burst {
  readonly #keys: readonly Key[];
  /** Where in the draft it began. */
  readonly #from: number;
  #isPaste: boolean;
  #hasMarks = false;

  constructor(keys: readonly Key[], draft: Draft, goesOn: boolean) {
    this.#keys = keys;
    this.#from = draft.cursor;
    this.#isPaste = goesOn;
  }

  get isPaste(): boolean {
    return this.#isPaste;
  }

  /** Whether it is a paste that the terminal did not mark. */
  get isUnmarked(): boolean {
    return this.#isPaste && !this.#hasMarks;
  }

  /** A marked paste came. What is read with it and behind it is not typed, but for an Enter that ends all. */
  pasted(): void {
    this.#isPaste = true;
    this.#hasMarks = true;
  }

  /** Whether an Enter is a line end of a paste. */
  isLineEnd(index: number): boolean {
    if (!this.#isPaste) return false;
    return !(this.#hasMarks && index === this.#keys.length - 1 && this.#keys[index - 1]?.type === "paste");
  }

  /** Whether a line feed belongs to the carriage return before it. */
  isSecondHalf(index: number): boolean {
    const [key, before] = [this.#keys[index], this.#keys[index - 1]];
    return key !== undefined && before !== undefined && chordOf(key) === "C-j" && chordOf(before) === "enter";
  }

  /** Whether text follows on an Enter at once. */
  goesOn(index: number): boolean {
    const key = this.#keys[index];
    if (key === undefined || chordOf(key) !== "enter") return false;
    return this.#keys.slice(index + 1).some((key) => key.type !== "key");
  }

  /** It was a paste: what of it stands in the draft is pasted. */
  become(draft: Draft): void {
    this.#isPaste = true;
    draft.markPasted(Math.min(this.#from, draft.cursor), draft.cursor);
  }
}
