import { BACKSLASH, ESCAPES, QUOTE } from "../base/json-characters.js";
import { flushFilter, type TextFilter } from "./text-filter.js";

/** What a filter made of a piece. */
export interface FilteredPiece {
  filtered: string;
  /** Where reading ended. */
  end: number;
  /** Whether the string's last quotation mark was read. */
  closed: boolean;
}

/** A character that is written as an escape. */
interface Escaped {
  /** Where it stands in the string, unescaped. */
  at: number;
  /** Its UTF-16 code units. */
  length: number;
  written: string;
}

/**
 * Puts a filter into one JSON string, from behind its first quotation mark to its last. As long as the filter changes
 * nothing, the string comes out as it was written; from the first change on it is written anew.
 */
export class JsonStringFilter {
  readonly #filter: TextFilter;
  /** An escape that is not complete. */
  #escape = "";
  /** A high surrogate at the end of what was read, until its other half has come. */
  #half = "";
  /** Escapes among what was read and has not come out. */
  #escaped: Escaped[] = [];
  /** Code units that were read, and those that have come out. */
  #read = 0;
  #released = 0;

  constructor(filter: TextFilter) {
    this.#filter = filter;
  }

  get buffered(): number {
    return this.#filter.buffered + this.#escape.length + this.#half.length;
  }

  get changed(): boolean {
    return this.#filter.changed;
  }

  push(text: string, from: number): FilteredPiece {
    let plain = this.#half;
    this.#half = "";
    let run = from;
    for (let at = from; at < text.length; at++) {
      if (this.#escape !== "") {
        this.#escape += text.charAt(at);
        run = at + 1;
        plain += this.#unescape(plain.length);
        continue;
      }
      const code = text.charCodeAt(at);
      if (code !== BACKSLASH && code !== QUOTE) continue;
      plain += text.slice(run, at);
      run = at + 1;
      if (code === QUOTE) return { filtered: `${this.#push(plain)}${this.end()}"`, end: at + 1, closed: true };
      this.#escape = "\\";
    }
    plain += text.slice(run);
    if (isHighSurrogate(plain)) {
      this.#half = plain.slice(-1);
      plain = plain.slice(0, -1);
    }
    return { filtered: this.#push(plain), end: text.length, closed: false };
  }

  /** Returns what the filter holds back, although the string goes on. */
  flush(): string {
    return this.#release(flushFilter(this.#filter));
  }

  /** The string is over, or broke off: returns what was buffered. */
  end(): string {
    const half = this.#push(this.#half);
    this.#half = "";
    const rest = this.#release(this.#filter.end());
    const unfinished = this.#escape;
    this.#escape = "";
    return half + rest + unfinished;
  }

  /** What the escape stands for, once it is complete. @param offset how much was read since the last push. */
  #unescape(offset: number): string {
    const written = this.#escape;
    const kind = written.charAt(1);
    if (kind === "u" && written.length < 6) return "";
    this.#escape = "";
    const plain = kind === "u" ? codeUnit(written) : (ESCAPES[kind] ?? written);
    this.#escaped.push({ at: this.#read + offset, length: plain.length, written });
    return plain;
  }

  #push(plain: string): string {
    if (plain === "") return "";
    this.#read += plain.length;
    return this.#release(this.#filter.push(plain));
  }

  #release(text: string): string {
    if (this.#filter.changed) {
      this.#escaped.length = 0;
      return quoted(text);
    }
    if (this.#escaped.length === 0) {
      this.#released += text.length;
      return text;
    }
    return this.#asWritten(text);
  }

  #asWritten(text: string): string {
    const begun = this.#released;
    const end = begun + text.length;
    let out = "";
    let from = 0;
    let done = 0;
    for (const { at, length, written } of this.#escaped) {
      if (at >= end) break;
      out += text.slice(from, at - begun) + written;
      from = at - begun + length;
      done++;
    }
    this.#escaped.splice(0, done);
    this.#released = end;
    return out + text.slice(from);
  }
}

function codeUnit(written: string): string {
  const digits = written.slice(2);
  return /^[\da-fA-F]{4}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : written;
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function isHighSurrogate(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
