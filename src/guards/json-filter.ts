import { BACKSLASH, isSpace, QUOTE } from "../base/json-characters.js";
import {
  ChangedKeys,
  type FilterString,
  filterDigits,
  filterKey,
  LONGEST_KEY,
  LONGEST_NUMBER,
  shortKey,
  stringFilter,
} from "./filter-json.js";
import { type FilteredPiece, JsonStringFilter } from "./json-string-filter.js";
import type { MakeFilter } from "./text-filter.js";

/** The most characters of a key that are read as one, each of them written as an escape. */
const LONGEST_WRITTEN = LONGEST_KEY * "\\u0000".length;

/** What a number, `true`, `false` or `null` is made of, and what the whole of it may be (RFC 8259, sections 3 and 6). */
const SCALAR_SIGN = /^[-+.\w]$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: readonly string[] = ["true", "false", "null"];

/** The most white space that waits behind a number. */
const LONGEST_GAP = 64;

interface Container {
  object: boolean;
  /** The key of the field that it is in. */
  key: string | undefined;
  changedKeys?: ChangedKeys;
}

/** What may stand next. */
type Expected = "value" | "value-or-close" | "key" | "key-or-close" | "colon" | "comma-or-close";

/** What became of a piece of text. */
export interface JsonPiece {
  out: string;
  /** Where reading ended in the piece: at its end, behind the value, or where it is not JSON. */
  end: number;
  state: "open" | "complete" | "invalid";
  /** Text that was read and not put out: what is not JSON begins with it. */
  rest: string;
}

/**
 * Puts a filter into one JSON value that arrives in pieces: into its strings, each with a filter of its own, and into the
 * numbers and keys that are data themselves. Strings are unescaped before they are filtered, so that an escape hides
 * nothing, and what comes out is JSON again: a number that is replaced becomes a string.
 */
export class JsonFilter {
  readonly #make: MakeFilter;
  readonly #filterString: FilterString;
  readonly #open: Container[];
  #expected: Expected;
  /** The key of the current field, and the one that is being read, as it is written. */
  #key: string | undefined;
  #written: string | undefined;
  #keyEscaped = false;
  /** The string value that is being read, or a key that is too long to be one. */
  #string: JsonStringFilter | undefined;
  #stringIsKey = false;
  /** A number or literal that is being read, and the white space behind it: what follows says whether it is one. */
  #scalar = "";
  #gap = "";
  #changed = false;

  /** @param opened brackets of the containers that are open already, the outermost first; the last one has no entry yet. */
  constructor(make: MakeFilter, opened = "") {
    this.#make = make;
    this.#filterString = stringFilter(make);
    this.#open = [...opened].map((bracket) => ({ object: bracket === "{", key: undefined }));
    const last = this.#open.at(-1);
    this.#expected = last === undefined ? "value" : last.object ? "key-or-close" : "value-or-close";
  }

  get buffered(): number {
    return (this.#string?.buffered ?? 0) + this.#scalar.length + this.#gap.length + (this.#written?.length ?? 0);
  }

  get changed(): boolean {
    return this.#changed || (this.#string?.changed ?? false);
  }

  /** Reads on from `from`. */
  push(text: string, from: number): JsonPiece {
    let out = "";
    let at = from;
    while (at < text.length) {
      if (this.#written !== undefined) {
        const key = this.#readKey(text, at);
        out += key.filtered;
        at = key.end;
        continue;
      }
      if (this.#string !== undefined) {
        const value = this.#string.push(text, at);
        out += value.filtered;
        at = value.end;
        if (value.closed) this.#closeString();
        continue;
      }
      const sign = text.charAt(at);
      if (this.#takesOn(sign)) {
        at++;
        continue;
      }
      if (this.#scalar !== "") {
        const inside = this.#open.length > 0;
        // `[4111 1111 1111 1111]` and `[2001:db8::1]` begin as arrays of numbers do.
        const scalar = inside && !/[,\]}]/.test(sign) ? undefined : this.#filterScalar();
        if (scalar === undefined) return { out, end: at, state: "invalid", rest: this.#takeScalar() };
        out += scalar + this.#takeScalar();
        this.#afterValue();
      }
      if (this.#open.length === 0 && this.#expected === "comma-or-close") {
        return { out, end: at, state: "complete", rest: "" };
      }
      if (!this.#structure(sign)) return { out, end: at, state: "invalid", rest: "" };
      if (this.#scalar === "") out += this.#written === undefined ? sign : "";
      at++;
    }
    const complete = this.#open.length === 0 && this.#expected === "comma-or-close" && this.#scalar === "";
    return { out, end: at, state: complete ? "complete" : "open", rest: "" };
  }

  /** Returns what the filter of a string holds back, although the string goes on. */
  flush(): string {
    return this.#string?.flush() ?? "";
  }

  /** The text is over: returns what was buffered. */
  end(): string {
    if (this.#string !== undefined) {
      const rest = this.#string.end();
      this.#closeString();
      return rest;
    }
    if (this.#written !== undefined) {
      const unfinished = `"${this.#written}`;
      this.#written = undefined;
      return unfinished;
    }
    return (this.#filterScalar() ?? "") + this.#takeScalar();
  }

  /** Whether a character belongs to the scalar that is being read, or to the white space behind it. */
  #takesOn(sign: string): boolean {
    if (this.#scalar === "") return false;
    if (this.#open.length > 0 && this.#gap.length < LONGEST_GAP && isSpace(sign.charCodeAt(0))) {
      this.#gap += sign;
      return true;
    }
    if (this.#gap !== "" || !SCALAR_SIGN.test(sign) || this.#scalar.length >= LONGEST_NUMBER) return false;
    this.#scalar += sign;
    return true;
  }

  /** Takes a character that is not in a string or scalar; false where it cannot stand here. */
  #structure(sign: string): boolean {
    if (isSpace(sign.charCodeAt(0))) return true;
    switch (this.#expected) {
      case "value-or-close":
        return (sign === "]" && this.#close()) || this.#beginValue(sign);
      case "value":
        return this.#beginValue(sign);
      case "key-or-close":
        return (sign === "}" && this.#close()) || this.#beginKey(sign);
      case "key":
        return this.#beginKey(sign);
      case "colon":
        if (sign !== ":") return false;
        this.#expected = "value";
        return true;
      case "comma-or-close":
        return this.#continue(sign);
      default:
        return this.#expected satisfies never;
    }
  }

  #continue(sign: string): boolean {
    const { object } = this.#open.at(-1) ?? { object: false };
    if (sign === (object ? "}" : "]")) return this.#close();
    if (sign !== ",") return false;
    this.#expected = object ? "key" : "value";
    return true;
  }

  #close(): boolean {
    this.#key = this.#open.pop()?.key;
    this.#afterValue();
    return true;
  }

  #afterValue(): void {
    this.#expected = "comma-or-close";
  }

  #beginKey(sign: string): boolean {
    if (sign !== '"') return false;
    this.#written = "";
    return true;
  }

  #beginValue(sign: string): boolean {
    if (sign === '"') {
      this.#string = new JsonStringFilter(this.#make(this.#key));
      this.#stringIsKey = false;
    } else if (sign === "{" || sign === "[") {
      this.#open.push({ object: sign === "{", key: this.#key });
      this.#expected = sign === "{" ? "key-or-close" : "value-or-close";
    } else if (/[-\dtfn]/.test(sign)) this.#scalar = sign;
    else return false;
    return true;
  }

  #readKey(text: string, from: number): FilteredPiece {
    const written = this.#written ?? "";
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#keyEscaped) this.#keyEscaped = false;
      else if (code === BACKSLASH) this.#keyEscaped = true;
      else if (code === QUOTE) {
        const filtered = this.#filterKey(written + text.slice(from, at));
        return { filtered, end: at + 1, closed: true };
      }
      if (written.length + at - from < LONGEST_WRITTEN) continue;
      // Too long to be a name: it is read as values are.
      this.#written = undefined;
      this.#keyEscaped = false;
      this.#string = new JsonStringFilter(this.#make(undefined));
      this.#stringIsKey = true;
      const begun = written + text.slice(from, at + 1);
      return { filtered: `"${this.#string.push(begun, 0).filtered}`, end: at + 1, closed: false };
    }
    this.#written = written + text.slice(from);
    return { filtered: "", end: text.length, closed: false };
  }

  #filterKey(written: string): string {
    const name = nameOf(written);
    this.#written = undefined;
    this.#key = name === undefined ? undefined : shortKey(name);
    this.#expected = "colon";
    const filtered = name === undefined ? undefined : filterKey(name, this.#filterString);
    if (filtered === undefined || filtered === name) return `"${written}"`;
    this.#changed = true;
    const object = this.#open.at(-1);
    if (object !== undefined) object.changedKeys ??= new ChangedKeys();
    return JSON.stringify(object?.changedKeys?.distinct(filtered) ?? filtered);
  }

  #closeString(): void {
    this.#changed ||= this.#string?.changed ?? false;
    this.#string = undefined;
    if (!this.#stringIsKey) this.#afterValue();
    else {
      this.#key = undefined;
      this.#expected = "colon";
    }
  }

  /** What a complete number or literal becomes; `undefined` where it is neither. */
  #filterScalar(): string | undefined {
    const scalar = this.#scalar;
    if (scalar === "") return "";
    const isNumber = NUMBER.test(scalar);
    if (!isNumber && !LITERALS.includes(scalar)) return undefined;
    this.#scalar = "";
    const filtered = isNumber ? filterDigits(scalar, this.#filterString, this.#key) : scalar;
    if (filtered === scalar) return scalar;
    this.#changed = true;
    return JSON.stringify(filtered);
  }

  #takeScalar(): string {
    const scalar = this.#scalar + this.#gap;
    this.#scalar = "";
    this.#gap = "";
    return scalar;
  }
}

/** A key from how it is written; `undefined` where it is not right. */
function nameOf(written: string): string | undefined {
  if (!written.includes("\\")) return written;
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return undefined;
  }
}
