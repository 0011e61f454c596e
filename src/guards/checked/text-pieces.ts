/** How text is cut for a check: by sentence, or in windows of so many characters. */
export type CheckUnit = "sentence" | { chars: number };

const TERMINATORS = ".!?…";
/** Ends a sentence by itself: scripts that have no space behind it. */
const FULL_STOPS = "。！？\n";
const CLOSERS = "\"'”’»)]*_";
const SPACES = " \t\r\u00a0\u3000";

/**
 * Cuts text that arrives in pieces into sentences or windows. Where it is cut depends on the text alone. A sentence ends
 * behind the white space that follows its end; one that grows longer than the limit is cut at its last space.
 */
export class TextPieces {
  readonly #unit: CheckUnit;
  readonly #longest: number;
  #buffered = "";
  /** The first character that was not looked at. */
  #at = 0;
  /** Whether what was looked at last ends a sentence if white space follows. */
  #terminated = false;
  /** Behind the last space of the buffer. */
  #space = 0;

  /** @param longest the most characters of a sentence. */
  constructor(unit: CheckUnit, longest: number) {
    this.#unit = unit;
    this.#longest = unit === "sentence" ? longest : unit.chars;
  }

  get buffered(): number {
    return this.#buffered.length;
  }

  /** Takes text; returns the pieces that are complete. */
  push(text: string): string[] {
    const pieces: string[] = [];
    this.#buffered += text;
    while (this.#at < this.#buffered.length) {
      const sign = this.#buffered.charAt(this.#at++);
      if (this.#unit === "sentence" && this.#ends(sign)) pieces.push(this.#take(this.#at));
      else if (this.#at >= this.#longest) {
        const end = this.#unit === "sentence" && this.#space > 0 ? this.#space : this.#at;
        // Half a surrogate pair waits for its other half.
        if (!isHighSurrogate(this.#buffered, end - 1)) pieces.push(this.#take(end));
      }
    }
    return pieces;
  }

  /** The text is over: returns what is buffered. */
  end(): string {
    return this.#take(this.#buffered.length);
  }

  #ends(sign: string): boolean {
    if (FULL_STOPS.includes(sign)) return true;
    if (SPACES.includes(sign)) {
      this.#space = this.#at;
      return this.#terminated;
    }
    this.#terminated = TERMINATORS.includes(sign) || (this.#terminated && CLOSERS.includes(sign));
    return false;
  }

  #take(end: number): string {
    const piece = this.#buffered.slice(0, end);
    this.#buffered = this.#buffered.slice(end);
    this.#at = 0;
    this.#terminated = false;
    this.#space = 0;
    return piece;
  }
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
