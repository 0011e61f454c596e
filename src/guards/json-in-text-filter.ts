import { BRACE, BRACKET, isSpace } from "../base/json-characters.js";
import { JsonFilter } from "./json-filter.js";
import { flushFilter, type MakeFilter, type TextFilter } from "./text-filter.js";

/** The most brackets in a row that may begin a value; text that has more is drawing with them. */
const MOST_OPENED = 64;
/** What may follow the bracket of an array in JSON: its end, or a value. */
const IN_ARRAY = /^[\]"\-\dtfn]$/;

/** Settings of a `JsonInTextFilter`. */
export interface JsonInTextOptions {
  /** The key of the JSON field whose value the text is. */
  key?: string | undefined;
  /** Whether the text is JSON from its first character on, such as the arguments of a tool. Default false. */
  json?: boolean;
}

/**
 * Puts a filter into text that may have JSON in it, or be JSON: the JSON is filtered as JSON (see `JsonFilter`), all else
 * by one filter as the text that it is. JSON begins at a brace that a key follows, or a bracket that a value follows, and
 * ends with it; from the first character on that cannot be JSON, it was text. A string of JSON may hold JSON again.
 */
export class JsonInTextFilter implements TextFilter {
  /** For the strings of JSON, which may have JSON in them. */
  readonly #make: MakeFilter;
  readonly #makeText: () => TextFilter;
  #text: TextFilter;
  #json: JsonFilter | undefined;
  /** Brackets behind which nothing but white space has come yet. */
  #opened = "";
  #changed = false;

  constructor(make: MakeFilter, { key, json = false }: JsonInTextOptions = {}) {
    this.#make = (inner) => new JsonInTextFilter(make, { key: inner });
    this.#makeText = () => make(key);
    this.#text = make(key);
    if (json) this.#json = new JsonFilter(this.#make);
  }

  get buffered(): number {
    return this.#text.buffered + (this.#json?.buffered ?? 0);
  }

  get undecided(): boolean {
    return (this.#text.undecided ?? false) || (this.#json?.buffered ?? 0) > 0;
  }

  get changed(): boolean {
    return this.#changed || this.#text.changed || (this.#json?.changed ?? false);
  }

  push(text: string, ahead?: string): string {
    // Most text has no JSON, and none begins in it.
    if (this.#json === undefined && this.#opened === "" && !hasBracket(text)) return this.#text.push(text, ahead);
    let out = "";
    for (let at = 0; at < text.length; ) {
      if (this.#json !== undefined) {
        const { out: filtered, end, state, rest } = this.#json.push(text, at);
        out += filtered;
        at = end;
        if (state === "open" || (state === "complete" && at === text.length)) return out;
        this.#leaveJson(this.#json);
        out += this.#text.push(rest);
        continue;
      }
      if (this.#opened !== "" && this.#begins(text.charCodeAt(at))) {
        out += flushFilter(this.#text);
        this.#json = new JsonFilter(this.#make, this.#opened);
        this.#opened = "";
        continue;
      }
      const end = this.#opened === "" ? nextBracket(text, at) : at + 1;
      out += this.#text.push(text.slice(at, end));
      at = end;
      this.#follow(text.charCodeAt(end - 1));
    }
    return out;
  }

  flush(): string {
    const inJson = this.#json?.flush() ?? "";
    if (this.#text.flush !== undefined || this.#text.buffered === 0) return inJson + flushFilter(this.#text);
    const rest = this.#text.end();
    this.#changed ||= this.#text.changed;
    this.#text = this.#makeText();
    return inJson + rest;
  }

  end(): string {
    return (this.#json?.end() ?? "") + this.#text.end();
  }

  /** Whether JSON begins here, behind its bracket. What is undecided in the text would come out behind it. */
  #begins(code: number): boolean {
    const { buffered, verbatim, undecided = true, flush } = this.#text;
    if (verbatim === true || (buffered > 0 && (undecided || flush === undefined))) return false;
    const sign = String.fromCharCode(code);
    return this.#opened.endsWith("{") ? sign === '"' || sign === "}" : IN_ARRAY.test(sign);
  }

  /** Takes note of a character of the text. */
  #follow(code: number): void {
    if (code === BRACE.open || code === BRACKET.open) {
      const nests = this.#opened.endsWith("[") && this.#opened.length < MOST_OPENED;
      this.#opened = (nests ? this.#opened : "") + String.fromCharCode(code);
    } else if (!isSpace(code)) this.#opened = "";
  }

  #leaveJson(json: JsonFilter): void {
    this.#changed ||= json.changed;
    this.#json = undefined;
    this.#text.skip?.("}");
  }
}

function hasBracket(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACE.open || code === BRACKET.open) return true;
  }
  return false;
}

/** Behind the next opening bracket, or the end of the text. */
function nextBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACE.open || code === BRACKET.open) return at + 1;
  }
  return text.length;
}
