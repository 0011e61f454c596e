import { ESCAPES } from "../../base/json-characters.js";
import { type CheckUnit, TextPieces } from "./text-pieces.js";

/** A piece of text as a check is shown it, and as it was written. */
export interface Piece {
  text: string;
  written: string;
  /** In a string of JSON another text has to be escaped; what stands between strings is its structure. */
  kind: "text" | "string" | "structure";
}

/** What begins JSON: a brace that a key or its end follows, a bracket that a value or its end follows. */
const JSON_BEGINS = /^\s*(?:\{\s*["}]|\[\s*["\]{[\-\dtfn])/;
/** Text that may still become such a beginning. */
const MAY_BEGIN = /^\s*(?:[{[]\s*)?$/;
/** The most white space that is waited for. */
const MOST_BLANK = 64;

type State = "before" | "text" | "json" | "string";

/**
 * Cuts text that arrives in pieces for a check. Where the text is JSON, as the answer to a schema is, a check is shown what
 * the strings say and not how they are escaped; what stands between strings is a piece of its own.
 */
export class CheckedPieces {
  readonly #pieces: TextPieces;
  #state: State = "before";
  /** How each code unit that is buffered was written. */
  #written: string[] = [];
  /** The beginning of the text, until it is known what it is; or an escape that is not complete. */
  #buffered = "";

  /** @param longest the most characters of a sentence. */
  constructor(unit: CheckUnit, longest: number) {
    this.#pieces = new TextPieces(unit, longest);
  }

  /** Takes text; returns the pieces that are complete. */
  push(text: string): Piece[] {
    if (this.#state === "text") return this.#pieces.push(text).map(plain);
    if (this.#state !== "before") return this.#json(text);
    this.#buffered += text;
    if (MAY_BEGIN.test(this.#buffered) && this.#buffered.length <= MOST_BLANK) return [];
    const begun = this.#buffered;
    this.#buffered = "";
    this.#state = JSON_BEGINS.test(begun) ? "json" : "text";
    return this.push(begun);
  }

  /** The text is over: returns what is buffered. */
  end(): Piece[] {
    const buffered = this.#buffered;
    this.#buffered = "";
    if (this.#state === "string") return [...this.#endString(), ...(buffered === "" ? [] : [plain(buffered)])];
    const rest = this.#state === "before" ? buffered : this.#pieces.end();
    if (rest === "") return [];
    return [this.#state === "json" ? structure(rest) : plain(rest)];
  }

  #json(text: string): Piece[] {
    const out: Piece[] = [];
    for (const sign of text) {
      if (this.#state === "json") {
        out.push(...this.#pieces.push(sign).map(structure));
        if (sign === '"') {
          const before = this.#pieces.end();
          if (before !== "") out.push(structure(before));
          this.#state = "string";
        }
      } else if (this.#buffered !== "" || sign === "\\") this.#escape(sign, out);
      else if (sign === '"') {
        out.push(...this.#endString());
        this.#state = "json";
        out.push(...this.#pieces.push(sign).map(structure));
      } else this.#addCharacter(sign, sign, out);
    }
    return out;
  }

  #escape(sign: string, out: Piece[]): void {
    this.#buffered += sign;
    const kind = this.#buffered.charAt(1);
    if (kind === "" || (kind === "u" && this.#buffered.length < 6)) return;
    const written = this.#buffered;
    this.#buffered = "";
    const code = /^\\u([\da-f]{4})$/i.exec(written)?.[1];
    const character = code === undefined ? (ESCAPES[kind] ?? written) : String.fromCharCode(Number.parseInt(code, 16));
    this.#addCharacter(character, written, out);
  }

  #addCharacter(character: string, written: string, out: Piece[]): void {
    this.#written.push(written, ...Array<string>(character.length - 1).fill(""));
    out.push(...this.#pieces.push(character).map((text) => this.#quoted(text)));
  }

  #endString(): Piece[] {
    const rest = this.#pieces.end();
    return rest === "" ? [] : [this.#quoted(rest)];
  }

  #quoted(text: string): Piece {
    return { text, written: this.#written.splice(0, text.length).join(""), kind: "string" };
  }
}

function plain(text: string): Piece {
  return { text, written: text, kind: "text" };
}

function structure(text: string): Piece {
  return { text, written: text, kind: "structure" };
}
