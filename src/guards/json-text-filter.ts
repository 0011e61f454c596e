import { BACKSLASH, ESCAPES, QUOTE } from "../base/json-characters.js";
import { LONGEST_KEY, toldKey } from "./filter-json.js";
import type { MakeFilter, TextFilter } from "./text-filter.js";

/** The most characters of a key that is told, each of them written as an escape. */
const LONGEST_WRITTEN = LONGEST_KEY * "\\u0000".length;

/** What may stand outside of strings: white space, brackets, numbers, `true`, `false`, `null`. */
const STRUCTURE = /^[\s{}[\],:+\-.0-9eEtrufalsn]$/;

/**
 * Puts a filter into the string values of JSON text that arrives in pieces, each with a filter of its own; keys and
 * numbers are left alone. The values are unescaped before they are filtered, so that an escape hides nothing, and what
 * comes out parses to what `filterJson` makes of the parsed whole. From the first character on that cannot be JSON, the
 * rest is filtered as plain text.
 */
export class JsonTextFilter implements TextFilter {
  readonly #make: MakeFilter;
  /** The containers that are open, and the keys of the fields that they are in. */
  readonly #open: { object: boolean; key: string | undefined }[] = [];
  #where: "structure" | "key" | "value" | "plain" = "structure";
  /** The key of the current field, and the one that is being read, as it is written. */
  #key: string | undefined;
  #written = "";
  /** Whether the next string is a key. */
  #keyNext = false;
  /** Of the current string value, or of what is no JSON. */
  #filter: TextFilter | undefined;
  /** An escape that is not complete. */
  #escape = "";
  /** Whether a key goes on after a backslash. */
  #keyEscaped = false;
  /** A high surrogate that was written as an escape, until its other half has come. */
  #surrogate = "";
  #changed = false;

  constructor(make: MakeFilter) {
    this.#make = make;
  }

  get held(): number {
    return (this.#filter?.held ?? 0) + this.#escape.length + this.#surrogate.length;
  }

  get changed(): boolean {
    return this.#changed || (this.#filter?.changed ?? false);
  }

  push(text: string): string {
    let out = "";
    for (let at = 0; at < text.length; ) {
      switch (this.#where) {
        case "structure": {
          const end = this.#skipStructure(text, at);
          out += text.slice(at, end);
          at = end;
          break;
        }
        case "key": {
          const end = this.#skipKey(text, at);
          out += text.slice(at, end);
          at = end;
          break;
        }
        case "value": {
          const { end, filtered } = this.#filterValue(text, at);
          out += filtered;
          at = end;
          break;
        }
        case "plain":
          return out + (this.#filter?.push(text.slice(at)) ?? "");
        default:
          throw this.#where satisfies never;
      }
    }
    return out;
  }

  end(): string {
    if (this.#where === "plain") return this.#filter?.end() ?? "";
    // An unfinished value: the JSON broke off, and so does what comes out.
    const rest = this.#closeValue();
    const unfinished = this.#escape;
    this.#escape = "";
    return rest + unfinished;
  }

  /** Copies until a string begins, or until it is no JSON. Returns where that is. */
  #skipStructure(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const sign = text.charAt(at);
      if (sign === '"') {
        this.#where = this.#keyNext ? "key" : "value";
        if (this.#where === "value") this.#filter = this.#make(this.#key);
        return at + 1;
      }
      if (!STRUCTURE.test(sign)) {
        this.#where = "plain";
        this.#filter = this.#make(undefined);
        return at;
      }
      this.#structure(sign);
    }
    return text.length;
  }

  #structure(sign: string): void {
    if (sign === "{" || sign === "[") this.#open.push({ object: sign === "{", key: this.#key });
    else if (sign === "}" || sign === "]") this.#key = this.#open.pop()?.key;
    if (sign === "{" || sign === ",") this.#keyNext = this.#open.at(-1)?.object ?? false;
    else if (sign === ":" || sign === "[") this.#keyNext = false;
  }

  #skipKey(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#keyEscaped) this.#keyEscaped = false;
      else if (code === BACKSLASH) this.#keyEscaped = true;
      else if (code === QUOTE) {
        this.#readKey(text.slice(from, at));
        this.#key = keyOf(this.#written);
        this.#written = "";
        this.#where = "structure";
        return at + 1;
      }
    }
    this.#readKey(text.slice(from));
    return text.length;
  }

  #readKey(piece: string): void {
    if (this.#written.length <= LONGEST_WRITTEN) this.#written += piece;
  }

  #filterValue(text: string, from: number): { end: number; filtered: string } {
    let plain = this.#surrogate;
    this.#surrogate = "";
    let run = from;
    let at = from;
    for (; at < text.length; at++) {
      if (this.#escape !== "") {
        this.#escape += text.charAt(at);
        plain += this.#unescape();
        run = at + 1;
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) {
        plain += text.slice(run, at);
        this.#escape = "\\";
        run = at + 1;
      } else if (code === QUOTE) {
        const filtered = this.#push(plain + text.slice(run, at));
        this.#where = "structure";
        return { end: at + 1, filtered: `${filtered}${this.#closeValue()}"` };
      }
    }
    plain += text.slice(run);
    if (isHighSurrogate(plain)) {
      this.#surrogate = plain.slice(-1);
      plain = plain.slice(0, -1);
    }
    return { end: at, filtered: this.#push(plain) };
  }

  /** What the escape stands for, once it is complete. */
  #unescape(): string {
    const written = this.#escape;
    const kind = written.charAt(1);
    if (kind === "u" && written.length < 6) return "";
    this.#escape = "";
    if (kind !== "u") return ESCAPES[kind] ?? written;
    const code = Number.parseInt(written.slice(2), 16);
    return Number.isNaN(code) ? written : String.fromCharCode(code);
  }

  #push(text: string): string {
    return text === "" ? "" : quoted(this.#filter?.push(text) ?? "");
  }

  #closeValue(): string {
    const filter = this.#filter;
    if (filter === undefined) return "";
    const rest = this.#surrogate === "" ? "" : filter.push(this.#surrogate);
    this.#surrogate = "";
    const last = filter.end();
    this.#changed ||= filter.changed;
    this.#filter = undefined;
    return quoted(rest + last);
  }
}

/** A key from how it is written; `undefined` where it is too long, or not right. */
function keyOf(written: string): string | undefined {
  if (written.length > LONGEST_WRITTEN) return undefined;
  if (!written.includes("\\")) return toldKey(written);
  try {
    return toldKey(String(JSON.parse(`"${written}"`)));
  } catch {
    return undefined;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function isHighSurrogate(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
