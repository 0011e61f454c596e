import { indexInAnyCase } from "../../base/index-in-any-case.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { boolean, exactly } from "../../stream/checks.js";
import type { AudioDeltaEvent, SentenceEvent } from "../../stream/speech-event.js";
import { pcmMs } from "../audio/pcm.js";
import { estimatedMs } from "../pipeline/synthesis.js";
import type { WordMark } from "../voices/voice.js";

/** A sentence and where its audio is in the audio of the stream. */
interface Heard {
  sentence: SentenceEvent;
  /** Its text in the answer. */
  text: string;
  /** Where its audio begins, in ms. */
  startMs: number;
  /** How long its audio is, as far as it has come. */
  ms: number;
  /** Whether its audio is complete. */
  complete: boolean;
  words: WordMark[];
}

const OPTIONS = exactly("HeardText", { keeps: boolean });

/**
 * Counts how much of an answer has been heard. It is given the events of a spoken stream, and asked with how much of its audio
 * was played. What was played is forgotten, so that it stays small however long the answer is.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { flite, HeardText, speak } from "sluice/speech";
 *
 * const heard = new HeardText();
 * const answer = stream("ollama/llama3.2", "Tell me a story.");
 * for await (const event of speak(answer, { voice: flite() })) heard.push(event);
 * heard.chars(1_500); // how many characters of the answer were heard after 1.5 s of audio
 * ```
 */
export class HeardText {
  #sentences: Heard[] = [];
  /** The answer's text from `#from` on. */
  #text = "";
  #from = 0;
  #lengthAtStart = 0;
  #audioMs = 0;
  #finished = false;
  /** What is known to be heard. */
  #chars = 0;
  readonly #keeps: boolean;

  /**
   * @param options `keeps`: what was played is not forgotten, so that an earlier time can be asked for after a later one.
   * @throws {SluiceError} `invalid-argument` for unknown options.
   */
  constructor(options: { keeps?: boolean } = {}) {
    OPTIONS(options, "");
    this.#keeps = options.keeps ?? false;
  }

  /** Takes the next event of the spoken stream. */
  push(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
        this.#text += event.text;
        return;
      case "start":
      case "step-start":
        this.#lengthAtStart = this.#from + this.#text.length;
        return;
      case "retract":
        this.#retract();
        return;
      case "sentence":
        this.#begin(event);
        return;
      case "audio-delta":
        this.#audio(event);
        return;
      case "finish":
        this.#complete();
        this.#finished = true;
        return;
      default:
    }
  }

  /** All audio that came, in ms. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /**
   * How much of the answer's text was heard, in UTF-16 code units: whole words, and all of it once everything was played.
   *
   * @param playedMs of the stream's audio, in ms.
   */
  chars(playedMs: number): number {
    if (this.#keeps) return this.#kept(playedMs);
    for (let [first] = this.#sentences; first !== undefined; [first] = this.#sentences) {
      if (!first.complete || first.startMs + first.ms > playedMs) break;
      this.#chars = Math.max(this.#chars, first.sentence.end);
      this.#sentences.shift();
      this.#forget(first.sentence.end);
    }
    const [first] = this.#sentences;
    if (first !== undefined)
      return Math.max(this.#chars, first.sentence.start + heardOf(first, playedMs - first.startMs));
    return this.#finished ? this.#from + this.#text.length : this.#chars;
  }

  #kept(playedMs: number): number {
    const open = this.#sentences.findIndex(({ complete, startMs, ms }) => !complete || startMs + ms > playedMs);
    const before = this.#sentences[(open === -1 ? this.#sentences.length : open) - 1]?.sentence.end ?? 0;
    const within = this.#sentences[open];
    if (within !== undefined)
      return Math.max(before, within.sentence.start + heardOf(within, playedMs - within.startMs));
    return this.#finished ? this.#from + this.#text.length : before;
  }

  #begin(sentence: SentenceEvent): void {
    this.#complete();
    const text = this.#text.slice(sentence.start - this.#from, sentence.end - this.#from);
    this.#sentences.push({ sentence, text, startMs: this.#audioMs, ms: 0, complete: false, words: [] });
  }

  #audio({ data, mediaType, sampleRate, words = [] }: AudioDeltaEvent): void {
    const last = this.#sentences.at(-1);
    const ms = mediaType === "audio/pcm" && sampleRate !== undefined ? pcmMs(data.length, sampleRate) : 0;
    this.#audioMs += ms;
    if (last === undefined) return;
    last.ms += ms;
    for (const word of words) last.words.push(word);
  }

  #complete(): void {
    const last = this.#sentences.at(-1);
    if (last !== undefined) last.complete = true;
  }

  /** What was void is not a part of the answer any more; its audio may have been heard all the same. */
  #retract(): void {
    this.#sentences = this.#sentences.filter(({ sentence }) => sentence.end <= this.#lengthAtStart);
    this.#text = this.#text.slice(0, Math.max(0, this.#lengthAtStart - this.#from));
    this.#from = Math.min(this.#from, this.#lengthAtStart);
    this.#chars = Math.min(this.#chars, this.#lengthAtStart);
  }

  #forget(end: number): void {
    if (end <= this.#from || end > this.#from + this.#text.length) return;
    this.#text = this.#text.slice(end - this.#from);
    this.#from = end;
  }
}

/** How much of a sentence's text was heard after `ms` of its audio. */
function heardOf({ sentence, text, words, ms: audioMs, complete }: Heard, ms: number): number {
  const marks =
    words.length > 0
      ? words
      : estimatedMarks(sentence.text, complete ? audioMs : Math.max(audioMs, estimatedMs(sentence.text)));
  let end = 0;
  let count = 0;
  for (const word of marks) {
    if (word.endMs > ms) break;
    end = afterWord(text, word.text, end);
    count++;
  }
  if (count === 0) return 0;
  // Words that are written otherwise than they are spoken are found by their share.
  if (end === 0) end = Math.floor((text.length * count) / marks.length);
  while (end > 0 && end < text.length && /[\p{L}\p{N}]/u.test(text.charAt(end))) end++;
  return end;
}

/** Where a word ends in the text, with the marks that follow it; where it was searched from when it is not there. */
function afterWord(text: string, word: string, from: number): number {
  const core = word.replace(/^[^\p{L}\p{N}]+|(?<![^\p{L}\p{N}])[^\p{L}\p{N}]+$/gu, "");
  // Far ahead it is another one.
  const at = core === "" ? -1 : indexInAnyCase(text.slice(from, from + FARTHEST + core.length), core);
  if (at === -1) return from;
  const end = from + at + core.length;
  return end + (FOLLOWING.exec(text.slice(end, end + FARTHEST))?.[0].length ?? 0);
}

const FARTHEST = 200;
/** Marks that belong to the word before them, and the address of a link whose text it ends. */
const FOLLOWING = /^(?:[^\s\p{L}\p{N}]*\]\([^)\s]*\))?[^\s\p{L}\p{N}]*/u;

/** When words are heard where the voice does not say so: the time is shared out by their letters. */
export function estimatedMarks(text: string, ms: number): WordMark[] {
  const whole = Math.max(1, text.length);
  return Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    text: word,
    startMs: (index / whole) * ms,
    endMs: ((index + word.length) / whole) * ms,
  }));
}
