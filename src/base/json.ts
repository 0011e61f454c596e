import { BACKSLASH, BRACE, BRACKET, QUOTE } from "./json-characters.js";

/** A value that JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * Parses JSON that came from outside and drops the keys that could reach a prototype (`__proto__`, and `prototype`
 * inside a `constructor` object), at any depth.
 *
 * The text is searched for the key names first, so that the reviver's cost is paid only where one of them occurs.
 *
 * @throws {SyntaxError} when `text` is not JSON, or is nested deeper than `MAX_JSON_DEPTH`.
 */
export function parseJson(text: string): JsonValue {
  if (isTooDeep(text)) throw new SyntaxError(`JSON that is nested deeper than ${MAX_JSON_DEPTH} levels`);
  return SUSPICIOUS.test(text) ? JSON.parse(text, dropPrototypeKeys) : JSON.parse(text);
}

/**
 * How deep JSON from outside may be nested, in objects and arrays. Whoever writes, copies or compares a value calls itself
 * once a level, and the stack ends at about ten times this.
 */
export const MAX_JSON_DEPTH = 1_000;

/** Counts brackets only in a text that has enough of them, and then those outside of strings, in one pass. */
function isTooDeep(text: string): boolean {
  if (!hasManyOpen(text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case BRACE.open:
      case BRACKET.open:
        if (++depth > MAX_JSON_DEPTH) return true;
        break;
      case BRACE.close:
      case BRACKET.close:
        depth--;
        break;
      default:
    }
  }
  return false;
}

function hasManyOpen(text: string): boolean {
  let left = MAX_JSON_DEPTH;
  for (const open of ["{", "["]) {
    for (let at = text.indexOf(open); at !== -1; at = text.indexOf(open, at + 1)) if (left-- === 0) return true;
  }
  return false;
}

/** Where the quote stands that ends a string, or the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

// A key may be written with escapes ("\u005f_proto__"), so an escaped letter or underscore is suspicious as well.
const SUSPICIOUS = /__proto__|constructor|\\u00[5-7]/i;

function dropPrototypeKeys(this: unknown, key: string, value: JsonValue): JsonValue | undefined {
  if (key === "__proto__") return undefined;
  if (key === "constructor" && isJsonObject(value) && Object.hasOwn(value, "prototype")) return undefined;
  return value;
}

/**
 * The same, but whole numbers that a double cannot hold (beyond 2^53 - 1) keep their digits, as text: ids that a model says,
 * and that a tool must get as they are. Numbers beyond all doubles (`1e999`) do as well.
 *
 * @throws {SyntaxError} as `parseJson`.
 */
export function parseExactJson(text: string): JsonValue {
  const value = parseJson(text);
  return MAYBE_LARGE.test(text) ? parseJson(quoteLargeNumbers(text)) : value;
}

/** Numbers with as many digits as the first that is too large, or with an exponent of three. */
const MAYBE_LARGE = /\d{16}|\d[eE][+]?\d{3}/;
/** A string, or a number. Neither can match in two ways, so matching is linear in text that is JSON: all its strings end. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function quoteLargeNumbers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    const value = Number(token);
    const exact = /[.eE]/.test(token) ? Number.isFinite(value) : Number.isSafeInteger(value);
    return exact ? token : `"${token}"`;
  });
}

/** Whether a value is a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
