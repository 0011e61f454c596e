import type { TextFilter } from "../text-filter.js";
import type { PiiVault } from "./pii-vault.js";

/** Signs that a placeholder is made of, between its brackets. */
const SIGN = /^[A-Z0-9_]$/;

/**
 * Puts the values of a vault in the places of their placeholders, in text that arrives in pieces. Held back is only what
 * may be the beginning of a placeholder, up to the length of the longest one.
 */
export class PlaceholderRestorer implements TextFilter {
  readonly #vault: PiiVault;
  /** From a `<` on. */
  #buffered = "";
  #changed = false;

  constructor(vault: PiiVault) {
    this.#vault = vault;
  }

  get held(): number {
    return this.#buffered.length;
  }

  get changed(): boolean {
    return this.#changed;
  }

  push(text: string): string {
    let out = "";
    let from = 0;
    while (from < text.length) {
      if (this.#buffered === "") {
        const start = text.indexOf("<", from);
        if (start === -1) return out + text.slice(from);
        out += text.slice(from, start);
        this.#buffered = "<";
        from = start + 1;
      } else {
        const sign = text.charAt(from);
        if (sign === ">") {
          out += this.#restore(`${this.#buffered}>`);
          from++;
        } else if (SIGN.test(sign) && this.#buffered.length + 1 < this.#vault.longest) {
          this.#buffered += sign;
          from++;
        } else out += this.end();
      }
    }
    return out;
  }

  end(): string {
    const held = this.#buffered;
    this.#buffered = "";
    return held;
  }

  #restore(placeholder: string): string {
    this.#buffered = "";
    const value = this.#vault.value(placeholder);
    if (value === undefined) return placeholder;
    this.#changed = true;
    return value;
  }
}
