import type { TextFilter } from "../text-filter.js";
import type { PiiVault } from "./pii-vault.js";

/** What a placeholder begins with: `<`, also escaped as Markdown, HTML and URLs have it. */
const START = /[<\\&%]/g;
const OPEN = "(?:\\\\?<|&lt;|%3[Cc])";
const NAME = "(?:[A-Z0-9]|\\\\?_)";
/** A placeholder as models write it, its underscores escaped or not. */
const WHOLE = new RegExp(`^${OPEN}(${NAME}+)(?:\\\\?>|&gt;|%3[Ee])$`);
/** What may become one. */
const BEGUN = new RegExp(`^(?:\\\\|&l?|&lt|%3?|${OPEN}${NAME}*(?:\\\\|&g?|&gt|%3?)?)$`);
/** What it is longer by for being escaped: its first sign, and the others. */
const FIRST_ESCAPE = /^(?:&l?t?;?|%3?[Cc]?|\\<?)/;
const ESCAPES = /\\|(?:&g?t?|%3?)$/g;

/**
 * Puts the values of a vault in the places of their placeholders, in text that arrives in pieces. Held back is only what
 * may be the beginning of a placeholder, up to the length of the longest one.
 */
export class PlaceholderRestorer implements TextFilter {
  readonly #vault: PiiVault;
  /** From its first sign on. */
  #buffered = "";
  #changed = false;

  constructor(vault: PiiVault) {
    this.#vault = vault;
  }

  get buffered(): number {
    return this.#buffered.length;
  }

  get changed(): boolean {
    return this.#changed;
  }

  push(text: string): string {
    let out = "";
    let from = 0;
    while (from < text.length) {
      if (this.#buffered !== "") {
        this.#buffered += text.charAt(from++);
        out += this.#settle();
        continue;
      }
      const start = startIn(text, from);
      if (start === -1) return out + text.slice(from);
      out += text.slice(from, start);
      this.#buffered = text.charAt(start);
      from = start + 1;
    }
    return out;
  }

  end(): string {
    const buffered = this.#buffered;
    this.#buffered = "";
    return buffered;
  }

  /** What can be emitted of the buffered text: the value, or what is no placeholder of it. */
  #settle(): string {
    let out = "";
    while (this.#buffered !== "") {
      const [written, name] = WHOLE.exec(this.#buffered) ?? [];
      if (written !== undefined && name !== undefined) return out + this.#restore(written, name);
      if (BEGUN.test(this.#buffered) && this.#mayBeKnown()) break;
      const next = startIn(this.#buffered, 1);
      const until = next === -1 ? this.#buffered.length : next;
      out += this.#buffered.slice(0, until);
      this.#buffered = this.#buffered.slice(until);
    }
    return out;
  }

  #mayBeKnown(): boolean {
    const bare = this.#buffered.replace(FIRST_ESCAPE, "<").replace(ESCAPES, "");
    return bare.length < this.#vault.longest;
  }

  #restore(written: string, name: string): string {
    this.#buffered = "";
    const value = this.#vault.value(`<${name.replaceAll("\\", "")}>`);
    if (value === undefined) return written;
    this.#changed = true;
    return written.startsWith("%") ? encodeURIComponent(value) : value;
  }
}

function startIn(text: string, from: number): number {
  START.lastIndex = from;
  return START.exec(text)?.index ?? -1;
}
