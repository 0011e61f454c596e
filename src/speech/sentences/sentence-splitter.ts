import { string } from "../../stream/checks.js";
import { isBullet, isDigit, isFirmMark, isLetter, isMark, isMarkOfScript, isSpace } from "./characters.js";
import { judgeLineEnd } from "./line-end.js";
import { beginsAsItem, isItemNext, LONGEST_OPENING, mayBecomeItem, nextItemBegins } from "./list-item.js";
import { afterMarks, type Boundary, judgeFirmMark, judgeMark } from "./mark.js";

/** A sentence of a text, with the blanks after it. */
export interface Sentence {
  /** As it stands in the text; all sentences joined are the text. */
  text: string;
  /** Where it begins, in UTF-16 code units from the start of the text. */
  start: number;
  /** Where it ends: the next one's `start`. */
  end: number;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const BACKTICK = 0x60;
const TILDE = 0x7e;
const PIPE = 0x7c;
/** What was looked at and is further back than this is put aside, so that a long sentence is not copied with each piece. */
const KEPT_BEHIND = 256;
const PUT_ASIDE_AT = 4_096;
/** A line of more characters closes no block of code. */
const LONGEST_FENCE = 80;
const NOTHING: readonly Sentence[] = [];

/** ASCII characters at which a sentence may end, or code begin; blanks are one of them only in lists. */
const LOOKED_AT = new Uint8Array(128);
for (const character of ".!?\n`~;:") LOOKED_AT[character.charCodeAt(0)] = 1;

/**
 * Cuts a text that is still being written into its sentences. Each is given as soon as what follows shows that it is
 * complete. Nothing is lost or changed: the sentences joined are the text, whatever the pieces it came in. Abbreviations,
 * initials, decimals, addresses and code are not cut; headings, items, rows of tables and blocks of code are sentences of
 * their own. The cost is linear in the text.
 * @example
 * ```ts
 * import { SentenceSplitter } from "sluice/speech";
 *
 * const splitter = new SentenceSplitter();
 * splitter.push("Dr. Smith paid $3.50. He"); // [{ text: "Dr. Smith paid $3.50. ", start: 0, end: 22 }]
 * splitter.end(); // [{ text: "He", start: 22, end: 24 }]
 * ```
 */
export class SentenceSplitter {
  /** The part of the sentence that is not looked at any more. */
  #aside = "";
  /** The rest of the sentence, and what follows. */
  #text = "";
  /** Where in `#text` the sentence begins. */
  #from = 0;
  /** Where in `#text` to go on. */
  #at = 0;
  /** Where in `#text` the line begins; negative when that is not there any more. */
  #lineStart = 0;
  /** Whether the line is a row of a table, where its beginning is not there any more. */
  #wasRow = false;
  /** Where the sentence begins in the whole text. */
  #start = 0;
  /** How many backticks close the code that is open in this line; 0 for none. */
  #code = 0;
  /** How many signs of code are known to stand at `#at`: a run of them is looked at once. */
  #run = 0;
  /** The fence that closes the block of code that is open. */
  #fence: string | undefined;
  /** How the sentence begins, where it begins as an item of a list; `""` where it does not, `undefined` until it is known. */
  #itemOpening: string | undefined;
  #out: Sentence[] | undefined;

  /** Takes the next piece; returns the sentences that are complete now. */
  push(text: string): readonly Sentence[] {
    string(text, "text");
    this.#text = this.#text === "" ? text : this.#text + text;
    return this.#scan(false);
  }

  /** The text is over; returns what is left of it as sentences. The splitter then begins anew. */
  end(): readonly Sentence[] {
    const complete = this.#scan(true);
    const rest = this.cut(Number.POSITIVE_INFINITY);
    this.#fence = undefined;
    this.#code = 0;
    this.#run = 0;
    this.#start = 0;
    this.#lineStart = 0;
    return rest === undefined ? complete : [...complete, rest];
  }

  /** What has come of the sentence that is not complete. */
  get pending(): string {
    return this.#aside + this.#text;
  }

  /**
   * Gives the first `length` characters of what is pending as a sentence, complete or not: for a reader who cannot wait.
   * `undefined` where nothing is pending.
   */
  cut(length: number): Sentence | undefined {
    const pending = this.pending;
    if (pending === "" || length <= 0) return undefined;
    const text = pending.slice(0, length);
    const behind = Math.max(0, text.length - this.#aside.length);
    this.#aside = this.#aside.slice(text.length);
    this.#from = behind;
    this.#itemOpening = undefined;
    this.#run = 0;
    this.#at = Math.max(this.#at, behind);
    this.#drop();
    return this.#sentence(text);
  }

  #scan(complete: boolean): readonly Sentence[] {
    this.#out = undefined;
    do this.#skip();
    while (this.#at < this.#text.length && this.#look(this.#text.charCodeAt(this.#at), complete));
    this.#drop();
    this.#putAside();
    const out = this.#out ?? NOTHING;
    this.#out = undefined;
    return out;
  }

  /** Goes on to the next character that matters. */
  #skip(): void {
    const text = this.#text;
    const blanks = this.#itemOpening !== "" && this.#fence === undefined;
    let at = this.#at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80 || LOOKED_AT[code] === 1 || (blanks && code === SPACE)) break;
    }
    this.#at = at;
  }

  /** Looks at one place and goes on behind it; `false` when more text is needed. */
  #look(code: number, complete: boolean): boolean {
    if (this.#fence !== undefined) return this.#lookInFence(this.#fence, code, complete);
    if (code === LINE_FEED) return this.#lineEnd(complete);
    if (code === BACKTICK || code === TILDE) return this.#backticks(code, complete);
    if (this.#code === 0) {
      if (code === SPACE) return this.#item(complete);
      if (isMark(code)) return this.#mark(complete);
      if (isFirmMark(code) || isMarkOfScript(this.#text, this.#at)) return this.#firmMark(complete);
      if (isBullet(code)) return this.#bullet();
    }
    this.#at++;
    return true;
  }

  #take(boundary: Boundary): boolean {
    if (boundary === "more") return false;
    if (boundary === "within") this.#at++;
    else this.#release(boundary);
    return true;
  }

  #mark(complete: boolean): boolean {
    if (this.#inRow()) return this.#take("within");
    const boundary = judgeMark(this.#text, this.#at, this.#from, complete);
    if (boundary !== "within") return this.#take(boundary);
    this.#at = afterMarks(this.#text, this.#at);
    return true;
  }

  #firmMark(complete: boolean): boolean {
    return this.#take(this.#inRow() ? "within" : judgeFirmMark(this.#text, this.#at, this.#from, complete));
  }

  #lineEnd(complete: boolean): boolean {
    const boundary = judgeLineEnd(this.#text, this.#at, Math.max(this.#lineStart, this.#from), complete);
    if (boundary === "more") return false;
    this.#code = 0;
    this.#lineStart = this.#at + 1;
    return this.#take(boundary);
  }

  /** Whether the line is a row of a table, which is read as a whole. */
  #inRow(): boolean {
    let at = this.#lineStart;
    if (at < 0) return this.#wasRow;
    while (this.#text.charCodeAt(at) === SPACE && at - this.#lineStart < 4) at++;
    return this.#text.charCodeAt(at) === PIPE;
  }

  /** A bullet within a line begins an item, which ends the sentence before it. */
  #bullet(): boolean {
    const at = this.#at;
    const first = this.#aside === "" && isBlank(this.#text, this.#from, at);
    if (first || this.#inRow() || !isSpace(this.#text.charCodeAt(at - 1))) return this.#take("within");
    this.#release(at);
    this.#at = at + 1;
    return true;
  }

  /** So does the next number or letter of a list whose items stand in one line. */
  #item(complete: boolean): boolean {
    const at = this.#at + 1;
    if (!complete && at === this.#text.length) return false;
    if (this.#itemOpening === undefined) {
      if (!isDigit(this.#text.charCodeAt(at)) && !isLetter(this.#text, at)) return this.#take("within");
      const opening = this.#aside === "" ? this.#text.slice(this.#from, this.#from + LONGEST_OPENING) : "";
      this.#itemOpening = beginsAsItem(opening) ? opening : "";
    }
    if (this.#itemOpening === "" || !isItemNext(this.#text, at)) return this.#take("within");
    if (!complete && mayBecomeItem(this.#text, at)) return false;
    const length = this.#aside.length + at - this.#from;
    if (!nextItemBegins(this.#itemOpening, this.#text, at, length)) return this.#take("within");
    this.#release(at);
    this.#at = at + 1;
    return true;
  }

  /** Code within a line is not cut; a fence at the beginning of a line opens a block. */
  #backticks(code: number, complete: boolean): boolean {
    let end = this.#at + this.#run;
    while (end < this.#text.length && this.#text.charCodeAt(end) === code) end++;
    const length = end - this.#at;
    this.#run = length;
    if (end === this.#text.length && !complete) return false;
    const first = length >= 3 && this.#lineStart >= 0 && isBlank(this.#text, this.#lineStart, this.#at);
    if (first && code === BACKTICK && !complete && !this.#knowsInfo(end)) return false;
    this.#run = 0;
    if (first && !(code === BACKTICK && this.#infoOf(end).includes("`"))) {
      this.#fence = this.#text.slice(this.#at, end);
    } else if (code === BACKTICK) {
      if (this.#code === 0) this.#code = length;
      else if (this.#code === length) this.#code = 0;
    }
    this.#at = end;
    return true;
  }

  /** What stands behind a fence that opens: with a backtick in it, it is code within the line. */
  #infoOf(from: number): string {
    const info = this.#text.slice(from, from + LONGEST_FENCE);
    const end = info.indexOf("\n");
    return end === -1 ? info : info.slice(0, end);
  }

  #knowsInfo(from: number): boolean {
    const { length } = this.#infoOf(from);
    return length === LONGEST_FENCE || from + length < this.#text.length;
  }

  #lookInFence(fence: string, code: number, complete: boolean): boolean {
    if (code !== LINE_FEED) {
      const next = this.#text.indexOf("\n", this.#at);
      this.#at = next === -1 ? this.#text.length : next;
      return true;
    }
    const line = this.#text.slice(this.#at + 1, this.#at + 1 + LONGEST_FENCE);
    const end = line.indexOf("\n");
    if (end === -1 && !complete && line.length < LONGEST_FENCE) return false;
    const whole = end === -1 ? line : line.slice(0, end);
    const closing = whole.trim();
    this.#at++;
    this.#lineStart = this.#at;
    if (!closing.startsWith(fence) || closing.replaceAll(fence.charAt(0), "") !== "") return true;
    this.#fence = undefined;
    this.#at += whole.length;
    return true;
  }

  #release(end: number): void {
    const text = this.#aside + this.#text.slice(this.#from, end);
    this.#aside = "";
    this.#from = end;
    this.#at = end;
    this.#itemOpening = undefined;
    for (let at = end - 1; at > this.#lineStart && isSpace(this.#text.charCodeAt(at)); at--) {
      if (this.#text.charCodeAt(at) === LINE_FEED) this.#lineStart = at + 1;
    }
    this.#out ??= [];
    this.#out.push(this.#sentence(text));
  }

  #sentence(text: string): Sentence {
    const start = this.#start;
    this.#start += text.length;
    return { text, start, end: this.#start };
  }

  /** Drops the sentences that were given. */
  #drop(): void {
    const from = this.#from;
    if (from === 0) return;
    if (this.#lineStart < from) {
      this.#wasRow = this.#inRow();
      const indented = this.#lineStart >= 0 && isBlank(this.#text, this.#lineStart, from);
      this.#lineStart = indented ? 0 : -1;
    } else this.#lineStart -= from;
    this.#text = this.#text.slice(from);
    this.#at -= from;
    this.#from = 0;
  }

  #putAside(): void {
    const behind = this.#at - KEPT_BEHIND;
    if (behind < PUT_ASIDE_AT) return;
    if (this.#itemOpening === undefined) this.#itemOpening = "";
    if (this.#lineStart < behind) this.#wasRow = this.#inRow();
    this.#aside += this.#text.slice(0, behind);
    this.#text = this.#text.slice(behind);
    this.#at -= behind;
    this.#lineStart -= behind;
  }
}

/** The sentences of a whole text. */
export function splitSentences(text: string): Sentence[] {
  const splitter = new SentenceSplitter();
  return [...splitter.push(text), ...splitter.end()];
}

function isBlank(text: string, from: number, to: number): boolean {
  let at = from;
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at >= to;
}
