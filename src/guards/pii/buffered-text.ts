/** How many characters that are gone stay to be looked at. */
export const CONTEXT = 32;
/** How many more are let go of at once: each time what stays is copied. */
const MOST_GONE = 96;

/**
 * Text that arrives in pieces, and goes out with some of it replaced. Its characters have places, which count from a little
 * before the first that is not gone: see `forget`.
 *
 * What is gone stands apart from the rest, which is short: a piece is added to the rest, and nothing of what is gone is copied
 * for it.
 */
export class BufferedText {
  #gone: string;
  #rest = "";
  /** The place of the first character that is neither out nor dropped. */
  #from: number;
  /** What goes out, but for the text from `#passed` to `#from`, which follows it as it is. */
  #out = "";
  #passed: number;
  #changed = false;

  /** @param before what can be seen before the text; it does not go out. */
  constructor(before: string) {
    this.#gone = before;
    this.#from = before.length;
    this.#passed = before.length;
  }

  /** The place of the first character that is neither out nor dropped. */
  get from(): number {
    return this.#from;
  }

  /** The place behind the last character. */
  get end(): number {
    return this.#gone.length + this.#rest.length;
  }

  /** What was not taken yet, as it came in; what was dropped since is in it. */
  get rest(): string {
    return this.#rest;
  }

  /** The place where the rest begins. */
  get base(): number {
    return this.#gone.length;
  }

  /** Whether what goes out is another text than what came in. */
  get changed(): boolean {
    return this.#changed;
  }

  push(piece: string): void {
    this.#rest += piece;
  }

  /** Adds what stands in the text here, and does not go out. */
  skip(piece: string): void {
    this.#writePassed();
    this.#gone += this.#rest + piece;
    this.#rest = "";
    this.#from = this.#gone.length;
    this.#passed = this.#from;
  }

  /** The UTF-16 code unit at a place in the rest. */
  codeAt(place: number): number {
    return this.#rest.charCodeAt(place - this.#gone.length);
  }

  slice(start: number, end: number): string {
    const base = this.#gone.length;
    if (start >= base) return this.#rest.slice(start - base, end - base);
    return this.#gone.slice(start, Math.min(end, base)) + this.#rest.slice(0, Math.max(0, end - base));
  }

  /** Puts out what stands before a place, as it is. */
  pass(until: number): void {
    if (until > this.#from) this.#from = until;
  }

  /** Leaves out what stands before a place. */
  drop(until: number): void {
    this.#writePassed();
    this.#from = until;
    this.#passed = until;
    this.#changed = true;
  }

  /** Puts out what is not in the text. */
  write(text: string): void {
    this.#writePassed();
    this.#out += text;
    this.#changed = true;
  }

  /** What was put out since the last time. */
  take(): string {
    const base = this.#gone.length;
    const taken = this.#from - base;
    if (taken <= 0) return this.#takeOut();
    // Mostly it is what came in, which then is cut out once.
    const unchanged = this.#out === "" && this.#passed === base;
    if (!unchanged) this.#writePassed();
    const piece = this.#rest.slice(0, taken);
    this.#gone += piece;
    this.#rest = this.#rest.slice(taken);
    this.#passed = this.#from;
    return unchanged ? piece : this.#takeOut();
  }

  /** Lets go of what is gone but for `CONTEXT` characters, where that is much. Returns how much less all places are. */
  forget(): number {
    const gone = this.#gone.length - CONTEXT;
    if (gone < MOST_GONE) return 0;
    this.#gone = this.#gone.slice(gone);
    this.#from -= gone;
    this.#passed -= gone;
    return gone;
  }

  #writePassed(): void {
    if (this.#from > this.#passed) this.#out += this.slice(this.#passed, this.#from);
    this.#passed = this.#from;
  }

  #takeOut(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }
}
