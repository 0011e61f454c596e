import { BACKSLASH, QUOTE } from "../base/json-characters.js";

/** What a value in a frame's JSON is. */
export type ValueKind = "string" | "number";

/** The inside of a JSON string, and a JSON number (RFC 8259). Neither can match in two ways, so matching is linear. */
const PLAIN = '[^"\\\\\\x00-\\x1f]*';
const STRING = new RegExp(`${PLAIN}(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})${PLAIN})*`, "y");
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** How far a string is looked at character by character, which is faster than a pattern where it is short and has no escapes. */
const SHORT = 32;

/** Where the value that begins at `from` ends, or -1 if there is none. */
export function valueEnd(text: string, from: number, kind: ValueKind): number {
  const plain = kind === "string" ? plainEnd(text, from) : wholeNumberEnd(text, from);
  if (plain !== -1) return plain;
  const value = kind === "string" ? STRING : NUMBER;
  value.lastIndex = from;
  if (!value.test(text)) return -1;
  const end = value.lastIndex;
  return kind === "number" || text.charCodeAt(end) === QUOTE ? end : -1;
}

/** Where a short string without escapes ends, at its quote; -1 where it is no such string. */
function plainEnd(text: string, from: number): number {
  const limit = Math.min(text.length, from + SHORT);
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH || code < SPACE) return -1;
  }
  return -1;
}

/** Where a number of digits alone ends, which most are; -1 where it is no such number. */
function wholeNumberEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === from || (at > from + 1 && text.charCodeAt(from) === ZERO)) return -1;
  const code = text.charCodeAt(at);
  // Written otherwise, it has a point or an exponent.
  return code === POINT || (code | LOWER) === EXPONENT ? -1 : at;
}

const SPACE = 0x20;
const ZERO = 0x30;
const POINT = 0x2e;
const EXPONENT = 0x65;
/** Makes a letter of ASCII small. */
const LOWER = 0x20;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}
