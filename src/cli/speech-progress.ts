import { pcmMs } from "../speech/audio/pcm.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { Io } from "./io.js";

/** One line on stderr about an answer that is being spoken: sentences, seconds of sound, time to the first sound. */
export class SpeechProgress {
  readonly #io: Io;
  readonly #quiet: boolean;
  readonly #startedAt = performance.now();
  #sentences = 0;
  #soundMs = 0;
  #firstSoundMs: number | undefined;
  #ended = false;

  constructor(io: Io, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
  }

  /** Takes the next event of the spoken stream. */
  push(event: ChatEvent): void {
    if (event.type === "data" && event.name.startsWith("speech/"))
      this.#say(`${event.name}: ${JSON.stringify(event.value)}\n`);
    if (event.type === "sentence") this.#sentences++;
    if (event.type !== "audio-delta") return;
    const { data, mediaType, sampleRate } = event;
    if (mediaType === "audio/pcm" && sampleRate !== undefined) this.#soundMs += pcmMs(data.length, sampleRate);
    this.#firstSoundMs ??= performance.now() - this.#startedAt;
    // A line that is written over, where that can be.
    if (this.#io.stderr.isTTY === true) this.#say(`\r${this.#line}`);
  }

  /** It is over: the line stays. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#say(`${this.#io.stderr.isTTY === true ? "\r" : ""}${this.#line}\n`);
  }

  get #line(): string {
    const seconds = (this.#soundMs / 1_000).toFixed(1);
    const first = this.#firstSoundMs === undefined ? "" : ` · first sound ${this.#firstSoundMs.toFixed(0)} ms`;
    return `${this.#sentences} ${this.#sentences === 1 ? "piece" : "pieces"} · ${seconds} s of sound${first}`;
  }

  #say(text: string): void {
    if (!this.#quiet) this.#io.stderr.write(text);
  }
}
