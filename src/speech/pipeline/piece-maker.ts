import { type Sentence, SentenceSplitter } from "../sentences/sentence-splitter.js";
import { type SpeakableOptions, SpeakableText } from "../speakable/speakable-text.js";
import { cutPlace, cutText } from "../voices/cut-text.js";
import type { SpokenPiece } from "./piece.js";

/** What has come ends with a mark: nothing is cut apart by not waiting for more. */
const ENDED = /[.!?…。！？।؟,;:][)"'”’\]*_»]{0,4}\s{0,20}$/;

/** Makes pieces to be spoken of an answer's text as it comes. */
export class PieceMaker {
  readonly #splitter = new SentenceSplitter();
  readonly #speakable: SpeakableText;
  readonly #maxLength: number;
  /** Where in the answer the splitter's text began. */
  #offset: number;
  /** How much text the splitter was given. */
  #pushed = 0;
  /** Where the next piece begins. */
  #start: number;

  /** @param offset where in the answer the text begins. */
  constructor(options: SpeakableOptions, maxLength: number, offset: number) {
    const { code, tables, units, markdown } = options;
    this.#speakable = new SpeakableText({
      ...(code !== undefined && { code }),
      ...(tables !== undefined && { tables }),
      ...(units !== undefined && { units }),
      ...(markdown !== undefined && { markdown }),
    });
    this.#maxLength = maxLength;
    this.#offset = offset;
    this.#start = offset;
  }

  /** How much text waits for the end of its sentence. */
  get waiting(): number {
    return this.#splitter.pending.length;
  }

  push(text: string): SpokenPiece[] {
    this.#pushed += text.length;
    return this.#pieces(this.#splitter.push(text));
  }

  /** What is left, when a text is over, and what comes next is another one. */
  end(): SpokenPiece[] {
    const pieces = this.#pieces(this.#splitter.end());
    const last = this.#speakable.end();
    this.#offset += this.#pushed;
    this.#pushed = 0;
    if (last !== "") pieces.push(this.#piece(last, this.#offset));
    return pieces;
  }

  /** Does not wait for the end of the sentence any longer: speaks it as far as its last clause or word. */
  cut(): SpokenPiece[] {
    const pending = this.#splitter.pending;
    if (pending.trim() === "") return [];
    const whole = ENDED.test(pending) && pending.length <= this.#maxLength;
    const place = whole ? pending.length : cutPlace(pending, Math.min(pending.length, this.#maxLength));
    const at = outsideMarkup(pending, place);
    // One word has come, and more of it may.
    if (at <= 0 || (!whole && at === pending.length && !/\s$/.test(pending))) return [];
    const sentence = this.#splitter.cut(at);
    return sentence === undefined ? [] : this.#pieces([sentence]);
  }

  #pieces(sentences: readonly Sentence[]): SpokenPiece[] {
    const pieces: SpokenPiece[] = [];
    for (const { text, end } of sentences) {
      const spoken = this.#speakable.next(text);
      if (spoken === "") continue;
      const parts = cutText(spoken, this.#maxLength);
      const from = this.#offset + end - text.length;
      let found = 0;
      for (const [index, part] of parts.entries()) {
        found = index === parts.length - 1 ? text.length : endOfPart(text, part, found, (index + 1) / parts.length);
        pieces.push(this.#piece(part, from + found, index === 0));
      }
    }
    return pieces;
  }

  #piece(spoken: string, end: number, first = true): SpokenPiece {
    const start = this.#start;
    this.#start = end;
    return { spoken, start, end, sentences: first ? 1 : 0 };
  }
}

/** Where in its sentence a spoken part ends: after its last word, or by its share where the text reads otherwise. */
function endOfPart(text: string, part: string, from: number, share: number): number {
  const word = /\S+$/.exec(part)?.[0] ?? part;
  const about = Math.max(from, Math.floor(text.length * share) - word.length - 80);
  const at = text.indexOf(word, about);
  const end = at === -1 ? Math.floor(text.length * share) : at + word.length;
  return Math.max(from, Math.min(text.length, end));
}

/** A place that is not within a link, code or a tag that has not ended. */
function outsideMarkup(text: string, at: number): number {
  const before = text.slice(0, at);
  if (/^\s*(?:`{3}|~{3}|\|)/m.test(before)) return 0;
  const link = /!?\[[^\]]*$|\]\([^)]*$/.exec(before);
  if (link !== null) return Math.max(0, before.lastIndexOf("["));
  if ((before.split("`").length - 1) % 2 === 1) return before.lastIndexOf("`");
  return /<[^>\s]*$/.test(before) ? before.lastIndexOf("<") : at;
}
