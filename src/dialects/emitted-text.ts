/**
 * What was emitted of a text, kept as its length and a hash (FNV-1a over UTF-16 code units), so that the whole text, if it
 * comes in the end, can be compared with it without keeping it.
 */
export class EmittedText {
  #length = 0;
  #hash = SEED;

  /** UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  push(text: string): void {
    this.#length += text.length;
    this.#hash = hashOf(text, text.length, this.#hash);
  }

  /** Whether a text is what was emitted. */
  equals(text: string): boolean {
    return text.length === this.#length && hashOf(text, text.length, SEED) === this.#hash;
  }

  /**
   * What the whole text has beyond what was emitted: "" where it has nothing more; `undefined` where it says something else.
   * A whole that is shorter is a summary of what was emitted, which stands.
   */
  restOf(whole: string): string | undefined {
    if (whole.length <= this.#length) return "";
    return hashOf(whole, this.#length, SEED) === this.#hash ? whole.slice(this.#length) : undefined;
  }
}

const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

function hashOf(text: string, length: number, seed: number): number {
  let hash = seed;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}
