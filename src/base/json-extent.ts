import { BACKSLASH, BRACE, BRACKET, QUOTE } from "./json-characters.js";

/**
 * Follows a JSON object or array that comes in pieces, and tells where it ends. Each character is looked at once.
 */
export class JsonExtent {
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #begun = false;

  /** Whether the value that began is complete. */
  get isWhole(): boolean {
    return this.#begun && this.#depth === 0;
  }

  /** Takes a piece; returns how much of it belongs to the value: all of it, unless the value ends within. */
  push(piece: string): number {
    if (this.isWhole) return 0;
    for (let at = 0; at < piece.length; at++) if (this.#take(piece.charCodeAt(at))) return at + 1;
    return piece.length;
  }

  /** Returns whether the value ends with this character. */
  #take(code: number): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (this.#quoted) {
      if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) this.#quoted = false;
    } else if (code === QUOTE) this.#quoted = true;
    else if (code === BRACE.open || code === BRACKET.open) {
      this.#depth++;
      this.#begun = true;
    } else if (code === BRACE.close || code === BRACKET.close) {
      if (this.#depth > 0) this.#depth--;
      return this.#begun && this.#depth === 0;
    }
    return false;
  }
}
