import { BACKSLASH, BRACE, BRACKET, ESCAPES, isSpace, QUOTE } from "../base/json-characters.js";
import { DocumentStart } from "./document-start.js";
import type { JsonTree } from "./json-tree.js";

/** What is expected next. */
type State =
  | "prose"
  | "value"
  | "first-element"
  | "first-key"
  | "key"
  | "colon"
  | "object-comma"
  | "array-comma"
  | "string"
  | "escape"
  | "unicode"
  | "number"
  | "literal"
  | "done"
  | "anything";

/** What is wrong with a text, and where. */
export interface JsonFault {
  /** UTF-16 code units from the start of the text. */
  offset: number;
  /** What was found. */
  found: string;
  /** What could stand there. */
  expected: string;
  /** Whether the text is good as far as it goes, and ends too early. */
  early?: true;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;

const LITERALS = { t: "true", f: "false", n: "null" } as const;
/** RFC 8259, section 6. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const EXPECTED: Readonly<Record<Exclude<State, "prose">, string>> = {
  value: "a value",
  "first-element": "a value or ]",
  "first-key": "a key or }",
  key: "a key",
  colon: "a colon",
  "object-comma": "a comma or }",
  "array-comma": "a comma or ]",
  string: "the end of the string",
  escape: 'one of " \\ / b f n r t u',
  unicode: "four hexadecimal digits",
  number: "a number",
  literal: "true, false or null",
  done: "nothing more",
  anything: "nothing more",
};

/** Reads JSON (RFC 8259) in pieces, each character once, and tells a tree what it finds. */
export class JsonScanner {
  readonly #tree: JsonTree;
  readonly #maxDepth: number;
  /** Where text may stand around the document. */
  readonly #start: DocumentStart | undefined;
  readonly #bareArray: string | undefined;
  #state: State;
  /** Whether the document is an array in an object that the text does not have. */
  #isBare = false;
  /** Whether the open string is a key. */
  #isKey = false;
  /** A key, number or literal as far as it was read. */
  #token = "";
  /** Offset of the token. */
  #tokenStart = 0;
  /** Offset of the current piece. */
  #base = 0;
  /** Digits of a Unicode escape. */
  #hex = "";

  /**
   * @param prose whether text may stand before and after the document, which is then an object.
   * @param bareArray with prose: an array at the start of a line is the document, too, and stands under this key of an object.
   */
  constructor(tree: JsonTree, maxDepth: number, prose: boolean, bareArray?: string) {
    this.#tree = tree;
    this.#maxDepth = maxDepth;
    this.#start = prose ? new DocumentStart(bareArray !== undefined) : undefined;
    this.#bareArray = bareArray;
    this.#state = prose ? "prose" : "value";
  }

  /** UTF-16 code units read so far. */
  get offset(): number {
    return this.#base;
  }

  /** Whether the document is complete; a number at the root is only complete at the end. */
  get done(): boolean {
    return this.#state === "done" || this.#state === "anything";
  }

  /** Takes the next piece. Returns what is wrong with it, if anything is. */
  push(text: string): JsonFault | undefined {
    let at = 0;
    while (at < text.length) {
      const next = this.#step(text, at);
      if (typeof next !== "number") return next;
      at = next;
    }
    this.#base += text.length;
    return undefined;
  }

  /** Marks the end of the text. Returns what is missing, if anything is. */
  end(): JsonFault | undefined {
    // What lacks no more than a digit is cut off, not wrong.
    const cut = !NUMBER.test(this.#token) && NUMBER.test(`${this.#token}0`);
    if (this.#state === "number" && !cut) {
      const fault = this.#endNumber(this.#base);
      if (fault !== undefined) return fault;
    }
    if (this.done) return undefined;
    return { offset: this.#base, found: "the end of the text", expected: this.#expected, early: true };
  }

  /** Reads on from `at`; returns where to go on. */
  #step(text: string, at: number): number | JsonFault {
    switch (this.#state) {
      case "string":
        return this.#readString(text, at);
      case "escape":
        return this.#readEscape(text, at);
      case "unicode":
        return this.#readUnicode(text, at);
      case "number":
        return this.#readNumber(text, at);
      case "literal":
        return this.#readLiteral(text, at);
      case "prose":
        return this.#skipProse(text, at);
      case "anything":
        return text.length;
      default:
        return isSpace(text.charCodeAt(at)) ? at + 1 : this.#readStructure(text, at, this.#state);
    }
  }

  #readStructure(
    text: string,
    at: number,
    state: Exclude<State, "prose" | "string" | "escape" | "unicode" | "number" | "literal" | "anything">,
  ): number | JsonFault {
    const code = text.charCodeAt(at);
    switch (state) {
      case "first-element":
        return code === BRACKET.close ? this.#close(at) : this.#beginValue(text, at);
      case "value":
        return this.#beginValue(text, at);
      case "first-key":
        return code === BRACE.close ? this.#close(at) : this.#beginKey(text, at);
      case "key":
        return this.#beginKey(text, at);
      case "colon":
        return code === COLON ? this.#then("value", at) : this.#fault(text, at);
      case "object-comma":
        if (code === COMMA) return this.#then("key", at);
        return code === BRACE.close ? this.#close(at) : this.#fault(text, at);
      case "array-comma":
        if (code === COMMA) return this.#then("value", at);
        return code === BRACKET.close ? this.#close(at) : this.#fault(text, at);
      case "done":
        return this.#fault(text, at);
      default:
        return state satisfies never;
    }
  }

  #beginValue(text: string, at: number): number | JsonFault {
    const code = text.charCodeAt(at);
    const offset = this.#base + at;
    if (code === BRACE.open || code === BRACKET.open) return this.#openContainer(code, offset, at);
    if (code === QUOTE) {
      this.#isKey = false;
      this.#tree.openString(offset);
      return this.#then("string", at);
    }
    this.#token = "";
    this.#tokenStart = offset;
    const isNumber = code === MINUS || (code >= 0x30 && code <= 0x39);
    if (!isNumber && !Object.hasOwn(LITERALS, text.charAt(at))) return this.#fault(text, at);
    this.#tree.openScalar(offset);
    return this.#then(isNumber ? "number" : "literal", at - 1);
  }

  #openContainer(code: number, offset: number, at: number): number | JsonFault {
    if (this.#tree.depth >= this.#maxDepth) {
      return {
        offset,
        found: `an array or object inside ${this.#maxDepth} others`,
        expected: `at most ${this.#maxDepth} inside one another`,
      };
    }
    if (code === BRACE.open) this.#tree.openObject(offset);
    else this.#tree.openArray(offset);
    return this.#then(code === BRACE.open ? "first-key" : "first-element", at);
  }

  #close(at: number): number {
    this.#tree.close(this.#base + at + 1);
    return this.#endValue(at);
  }

  #beginKey(text: string, at: number): number | JsonFault {
    if (text.charCodeAt(at) !== QUOTE) return this.#fault(text, at);
    this.#isKey = true;
    this.#token = "";
    return this.#then("string", at);
  }

  /** Takes what stands before the next quote or backslash in one piece. */
  #readString(text: string, from: number): number | JsonFault {
    let at = from;
    let code = 0;
    for (; at < text.length; at++) {
      code = text.charCodeAt(at);
      if (code === QUOTE || code === BACKSLASH || code < 0x20) break;
    }
    if (at > from) this.#addText(text.slice(from, at));
    if (at === text.length) return at;
    if (code === BACKSLASH) return this.#then("escape", at);
    return code === QUOTE ? this.#endString(at) : this.#fault(text, at);
  }

  #endString(at: number): number {
    if (this.#isKey) {
      this.#tree.key(this.#token);
      return this.#then("colon", at);
    }
    this.#tree.closeString(this.#base + at + 1);
    return this.#endValue(at);
  }

  #addText(piece: string): void {
    if (this.#isKey) this.#token += piece;
    else this.#tree.piece(piece);
  }

  #readEscape(text: string, at: number): number | JsonFault {
    const letter = text.charAt(at);
    if (letter === "u") {
      this.#hex = "";
      return this.#then("unicode", at);
    }
    if (!Object.hasOwn(ESCAPES, letter)) return this.#fault(text, at);
    this.#addText(ESCAPES[letter] ?? "");
    return this.#then("string", at);
  }

  #readUnicode(text: string, at: number): number | JsonFault {
    const digit = text.charAt(at);
    if (!/[0-9a-fA-F]/.test(digit)) return this.#fault(text, at);
    this.#hex += digit;
    if (this.#hex.length < 4) return at + 1;
    this.#addText(String.fromCharCode(Number.parseInt(this.#hex, 16)));
    return this.#then("string", at);
  }

  #readNumber(text: string, from: number): number | JsonFault {
    let at = from;
    while (at < text.length && isInNumber(text.charCodeAt(at))) at++;
    this.#token += text.slice(from, at);
    if (at === text.length) return at;
    return this.#endNumber(this.#base + at) ?? at;
  }

  #endNumber(end: number): JsonFault | undefined {
    const token = this.#token;
    if (!NUMBER.test(token)) return { offset: this.#tokenStart, found: quote(token), expected: EXPECTED.number };
    this.#tree.closeScalar(Number(token), end);
    this.#endValue(0);
    return undefined;
  }

  #readLiteral(text: string, at: number): number | JsonFault {
    this.#token += text.charAt(at);
    const word = LITERALS[this.#token.charAt(0) as keyof typeof LITERALS];
    if (!word.startsWith(this.#token)) {
      return { offset: this.#tokenStart, found: quote(this.#token), expected: EXPECTED.literal };
    }
    if (this.#token.length < word.length) return at + 1;
    const value = word === "null" ? null : word === "true";
    this.#tree.closeScalar(value, this.#base + at + 1);
    return this.#endValue(at);
  }

  /** Goes on after a value; `at` is its last character. */
  #endValue(at: number): number {
    if (this.#isBare && this.#tree.depth === 1) this.#tree.close(this.#base + at + 1);
    if (this.#tree.depth > 0) return this.#then(this.#tree.inObject ? "object-comma" : "array-comma", at);
    return this.#then(this.#start === undefined ? "done" : "anything", at);
  }

  /** Goes on to the document, and opens it. */
  #skipProse(text: string, from: number): number {
    const start = this.#start;
    if (start === undefined) return from;
    const at = start.read(text, from, this.#base);
    if (start.found === undefined) return at;
    this.#tree.openObject(start.offset);
    if (start.found === "object") return this.#then("first-key", at - 1);
    this.#isBare = true;
    this.#tree.key(this.#bareArray ?? "");
    this.#tree.openArray(start.offset);
    return this.#then("first-element", at - 1);
  }

  #then(state: State, at: number): number {
    this.#state = state;
    return at + 1;
  }

  #fault(text: string, at: number): JsonFault {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    return { offset: this.#base + at, found: quote(character), expected: this.#expected };
  }

  get #expected(): string {
    return this.#state === "prose" ? (this.#start?.expected ?? "") : EXPECTED[this.#state];
  }
}

/** Digits, the letter E, signs and the point. */
function isInNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === MINUS || code === 0x2b || (code | 0x20) === 0x65;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
