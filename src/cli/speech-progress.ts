import { type Clock, systemClock } from "../base/clock.js";
import { pcmMs } from "../speech/audio/pcm.js";
import { splitSentences } from "../speech/sentences/sentence-splitter.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { Io } from "./io.js";

/** How often the line is written anew while audio plays, in ms. */
const REDRAW_MS = 200;

/** Settings of `SpeechProgress`. */
export interface SpeechProgressOptions {
  /** Nothing is written. */
  quiet?: boolean;
  /** Whether something else is being written on the terminal: the line comes with `show()`. */
  hidden?: boolean;
  /** How much has been heard, in ms of audio, where it is played. */
  playedMs?: () => number;
  clock?: Clock;
}

/** One line on stderr about an answer that is being spoken: sentences, seconds of audio, time to the first audio. */
export class SpeechProgress {
  readonly #io: Io;
  readonly #options: SpeechProgressOptions;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #sentences = 0;
  #audioMs = 0;
  #firstAudioMs: number | undefined;
  #hidden: boolean;
  #ended = false;
  #stopTimer: (() => void) | undefined;

  constructor(io: Io, options: SpeechProgressOptions = {}) {
    this.#io = io;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#startedAt = this.#clock.now();
    this.#hidden = options.hidden === true;
  }

  /** Takes the next event of the spoken stream. */
  push(event: ChatEvent): void {
    if (event.type === "data" && event.name.startsWith("speech/"))
      this.#write(`${event.name}: ${JSON.stringify(event.value)}\n`);
    if (event.type === "sentence") this.#sentences += Math.max(1, splitSentences(event.text).length);
    if (event.type !== "audio-delta") return;
    const { data, mediaType, sampleRate } = event;
    if (data.length === 0) return;
    if (mediaType === "audio/pcm" && sampleRate !== undefined) this.#audioMs += pcmMs(data.length, sampleRate);
    this.#firstAudioMs ??= this.#clock.now() - this.#startedAt;
    this.#draw();
  }

  /** Nothing else is written any more: the line is there from now on. */
  show(): void {
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#redraw();
  }

  /** It is over: the line stays. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimer?.();
    this.#write(`${this.#isTerminal ? "\r\u001b[K" : ""}${this.#line}\n`);
  }

  get #isTerminal(): boolean {
    return this.#io.stderr.isTTY === true;
  }

  get #line(): string {
    const { playedMs } = this.#options;
    const audio = (this.#audioMs / 1_000).toFixed(1);
    const played = playedMs === undefined ? "" : `${(Math.min(playedMs(), this.#audioMs) / 1_000).toFixed(1)} of `;
    const first = this.#firstAudioMs === undefined ? "" : ` · first audio ${this.#firstAudioMs.toFixed(0)} ms`;
    return `${this.#sentences} ${this.#sentences === 1 ? "sentence" : "sentences"} · ${played}${audio} s of audio${first}`;
  }

  #redraw(): void {
    this.#draw();
    if (this.#options.playedMs === undefined || this.#ended || !this.#isTerminal) return;
    this.#stopTimer = this.#clock.after(REDRAW_MS, () => this.#redraw());
  }

  /** A line that is written over, where that can be. */
  #draw(): void {
    if (this.#isTerminal && !this.#hidden) this.#write(`\r\u001b[K${this.#line}`);
  }

  #write(text: string): void {
    if (this.#options.quiet !== true) this.#io.stderr.write(text);
  }
}
