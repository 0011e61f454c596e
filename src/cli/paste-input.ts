import { Transform, type TransformCallback } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** What a terminal puts around a paste once it was asked to (xterm's control sequences, "Bracketed Paste Mode"). */
const BEGIN = "\u001b[200~";
const END = "\u001b[201~";

/** Asks a terminal to mark pastes, and not to any more. */
export const MARK_PASTES = "\u001b[?2004h";
export const LEAVE_PASTES = "\u001b[?2004l";

/** Stands where a paste begins: nothing that is seen or typed. */
export const PASTE_MARK = "\u200b\u200b";
/** Stands for a line end in a paste: the line goes on, and shows where it was broken. */
export const LINE_MARK = "↵\u200b";

/** A terminal's input, as far as it is used here. */
interface TerminalInput extends NodeJS.ReadableStream {
  setRawMode?(mode: boolean): unknown;
}

/**
 * What is typed, with the line ends of a paste replaced, so that a paste of several lines is one line of the editor and is
 * sent when Enter is pressed. Other control characters of a paste are left out: nothing in it is a key.
 */
export class PasteInput extends Transform {
  readonly isTTY = true;
  readonly #terminal: TerminalInput;
  readonly #decoder = new StringDecoder("utf8");
  #pasting = false;
  /** The beginning of a mark whose end has not arrived. */
  #buffered = "";
  /** Whether a paste's last character was a carriage return: a line feed after it is the same line end. */
  #returned = false;

  constructor(terminal: TerminalInput) {
    super({ decodeStrings: false, encoding: "utf8" });
    this.#terminal = terminal;
    terminal.pipe(this);
  }

  setRawMode(mode: boolean): this {
    this.#terminal.setRawMode?.(mode);
    return this;
  }

  /** Hands the terminal back. */
  leave(): void {
    this.#terminal.unpipe(this);
    this.end();
  }

  override _transform(chunk: Buffer | string, _encoding: BufferEncoding, done: TransformCallback): void {
    let text = this.#buffered + (typeof chunk === "string" ? chunk : this.#decoder.write(chunk));
    this.#buffered = "";
    let out = "";
    while (text !== "") {
      const mark = this.#pasting ? END : BEGIN;
      const at = text.indexOf(mark);
      if (at === -1) {
        const kept = beginningOf(mark, text);
        this.#buffered = text.slice(text.length - kept);
        out += this.#take(text.slice(0, text.length - kept));
        break;
      }
      out += this.#take(text.slice(0, at));
      if (!this.#pasting) out += PASTE_MARK;
      this.#pasting = !this.#pasting;
      text = text.slice(at + mark.length);
    }
    done(null, out);
  }

  #take(text: string): string {
    if (!this.#pasting) return text;
    let out = "";
    for (const character of text) {
      const ends = character === "\r" || (character === "\n" && !this.#returned);
      this.#returned = character === "\r";
      if (ends) out += LINE_MARK;
      else if (character === "\t") out += "    ";
      else if (character >= " " && character !== "\u007f") out += character;
    }
    return out;
  }
}

/** How many characters at the end of a text may be the beginning of a mark; a lone escape is a key. */
function beginningOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 1; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
