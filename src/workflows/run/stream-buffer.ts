import type { Clock } from "../../base/clock.js";
import { SentenceSplitter } from "../../speech/sentences/sentence-splitter.js";

/** How a step's text is cut on its way to the reader. */
export interface StreamBufferSettings {
  /** When text goes on: whole sentences, at most every so many ms, so many characters, so many words, or at once. */
  forwardOn: "sentence" | "time" | "chunk_size" | "word_count" | "immediate";
  /** The longest that text waits, in ms; 0 for no limit. */
  maxWaitMs: number;
  /** Characters, for `chunk_size`. */
  chunkSize: number;
  /** Words, for `word_count`. */
  words: number;
  /** Sentences, for `sentence`. */
  sentences: number;
  /** Sentences wait until there are so many characters. */
  minLength: number;
}

/** What a buffer has done. */
export interface StreamBufferStats {
  forward_strategy: string;
  total_forwarded: number;
  /** Pieces that went on because they had waited long enough. */
  forwarded_by_time: number;
  buffer_length: number;
  sentences_processed: number;
}

/**
 * Cuts text anew on its way to a reader. Nothing is lost, changed or put in another order; what waits too long goes on by
 * a timer, also when nothing more arrives.
 */
export class StreamBuffer {
  readonly #settings: StreamBufferSettings;
  readonly #clock: Clock;
  readonly #forward: (text: string) => void;
  #text = "";
  #callOff: (() => void) | undefined;
  #forwarded = 0;
  #byTime = 0;
  #sentences = 0;
  #splitter = new SentenceSplitter();
  /** Where whole sentences end, of the whole text. */
  #ends: number[] = [];
  /** Characters of the whole text that went on. */
  #sent = 0;

  /** @param forward takes each piece. */
  constructor(settings: StreamBufferSettings, clock: Clock, forward: (text: string) => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#forward = forward;
  }

  push(text: string): void {
    this.#text += text;
    if (this.#settings.forwardOn === "sentence") {
      for (const { end } of this.#splitter.push(text)) this.#ends.push(end);
    }
    const end = this.#cut();
    if (end > 0) this.#send(end);
    if (this.#text !== "" && this.#callOff === undefined && this.#settings.maxWaitMs > 0) {
      this.#callOff = this.#clock.after(this.#settings.maxWaitMs, () => {
        this.#callOff = undefined;
        this.#byTime++;
        this.flush();
      });
    }
  }

  /** Sends what is left. */
  flush(): void {
    if (this.#text !== "") this.#send(this.#text.length);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#text = "";
    this.#sent = 0;
    this.#ends = [];
    this.#splitter = new SentenceSplitter();
    this.#stopTimer();
  }

  get stats(): StreamBufferStats {
    return {
      forward_strategy: this.#settings.forwardOn,
      total_forwarded: this.#forwarded,
      forwarded_by_time: this.#byTime,
      buffer_length: this.#text.length,
      sentences_processed: this.#sentences,
    };
  }

  #send(end: number): void {
    const piece = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    this.#sent += end;
    const open = this.#ends.filter((one) => one > this.#sent);
    this.#sentences += this.#ends.length - open.length;
    this.#ends = open;
    this.#forwarded++;
    this.#stopTimer();
    this.#forward(piece);
  }

  #stopTimer(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** After the last whole sentence, once there are enough of them and they are long enough. */
  #afterSentences(least: number, minLength: number): number {
    const ends = this.#ends.filter((end) => end > this.#sent);
    const whole = ends.length - (ends.length % least);
    const end = (ends[whole - 1] ?? this.#sent) - this.#sent;
    return end < minLength ? 0 : end;
  }

  /** Where the text that may go on ends; 0 for nowhere. */
  #cut(): number {
    const { forwardOn, chunkSize, words, sentences, minLength } = this.#settings;
    switch (forwardOn) {
      case "immediate":
        return this.#text.length;
      case "time":
        return 0;
      case "chunk_size":
        return whole(this.#text, Math.floor(this.#text.length / chunkSize) * chunkSize);
      case "word_count":
        return afterWords(this.#text, words);
      case "sentence":
        return this.#afterSentences(sentences, minLength);
      default:
        return forwardOn satisfies never;
    }
  }
}

/** Not inside a surrogate pair. */
function whole(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text[end - 1] ?? "") ? end - 1 : end;
}

/** After every `count` words that are followed by white space. */
function afterWords(text: string, count: number): number {
  let end = 0;
  let words = 0;
  for (const { 0: space, index } of text.matchAll(/\s+/g)) {
    if (index === 0) continue;
    words++;
    if (words % count === 0) end = index + space.length;
  }
  return end;
}
