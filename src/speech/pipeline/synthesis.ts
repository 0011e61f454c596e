import type { Clock } from "../../base/clock.js";
import { SluiceError } from "../../stream/error.js";
import { pcmMs } from "../audio/pcm.js";
import type { AudioChunk, Voice } from "../voices/voice.js";
import { voiceAudio } from "../voices/voice-audio.js";
import type { SpokenPiece } from "./piece.js";

/** Is called with what comes of a synthesis. */
export interface SynthesisListener {
  /** Audio has come. */
  audio(chunk: AudioChunk): void;
  /** It failed and is tried again; `attempt` is that of the failure, from 1. What came of it is dropped. */
  retried(error: SluiceError, attempt: number): void;
  /** It is over, with an error where it failed for good. */
  over(error: SluiceError | undefined): void;
}

/** A piece that is being spoken. */
export interface RunningSynthesis {
  readonly piece: SpokenPiece;
  /** How often it was tried. */
  readonly attempts: number;
  /** Whether it is over, well or not. */
  readonly over: boolean;
  /** Nobody wants it any more. */
  cancel(reason: unknown): void;
}

/** Settings of `Synthesis`. */
export interface SynthesisSettings {
  voice: Voice;
  clock: Clock;
  /** How often a piece is tried again. */
  retries: number;
}

/** The voice speaks one piece; again where that may help and nobody has heard of the first attempt. */
export class Synthesis implements RunningSynthesis {
  readonly piece: SpokenPiece;
  /** How often it was tried. */
  attempts = 0;
  /** Whether it is over, well or not. */
  over = false;
  readonly #settings: SynthesisSettings;
  readonly #listener: SynthesisListener;
  readonly #stop = new AbortController();

  constructor(piece: SpokenPiece, settings: SynthesisSettings, listener: SynthesisListener) {
    this.piece = piece;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** @param heard whether audio of it is out, so that it cannot begin anew. */
  async run(heard: () => boolean): Promise<void> {
    for (;;) {
      this.attempts++;
      const error = await this.#attempt();
      if (this.#stop.signal.aborted) return;
      if (error === undefined || !error.retryable || this.attempts > this.#settings.retries || heard()) {
        this.over = true;
        this.#listener.over(error);
        return;
      }
      this.#listener.retried(error, this.attempts);
    }
  }

  cancel(reason: unknown): void {
    this.over = true;
    this.#stop.abort(reason);
  }

  async #attempt(): Promise<SluiceError | undefined> {
    const { voice, clock } = this.#settings;
    let bytes = 0;
    try {
      for await (const chunk of voiceAudio(voice, this.piece.spoken, { signal: this.#stop.signal, clock })) {
        if (this.#stop.signal.aborted) return undefined;
        bytes += chunk.data.length;
        this.#listener.audio(chunk);
      }
      return bytes > 0 ? undefined : silent(voice.id);
    } catch (thrown) {
      return SluiceError.from(thrown);
    }
  }
}

/** The error of a voice that made nothing of a text. */
export function silent(voice: string): SluiceError {
  return new SluiceError("provider-error", `${voice} made no audio`, { model: voice, retryable: true });
}

/** About how long a character is heard, in ms: 15 a second. */
const CHARACTER_MS = 65;

/** How long a piece of text is heard, about, in ms. */
export function estimatedMs(text: string): number {
  return text.length * CHARACTER_MS;
}

/** How long audio is heard, in ms; by its length for samples, by its text for other formats. */
export function audioMs(voice: Voice, bytes: number): number | undefined {
  const { mediaType, sampleRate } = voice.format;
  return mediaType === "audio/pcm" && sampleRate !== undefined ? pcmMs(bytes, sampleRate) : undefined;
}
