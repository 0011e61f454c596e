import type { WordMark } from "../../stream/speech-event.js";

export type { WordMark };

/** How audio is written. */
export interface AudioFormat {
  /** IANA media type. `audio/pcm` is signed 16-bit little-endian samples, one channel, with no header. */
  mediaType: string;
  /** Samples a second; always there for `audio/pcm`. */
  sampleRate?: number;
}

/** A piece of audio. */
export interface AudioChunk {
  /** The next bytes. */
  data: Uint8Array;
  /** Words whose times are known now; in order over all chunks of a text. */
  words?: readonly WordMark[];
  /** What of the text the voice cannot speak and has left out, such as words in another script. */
  unspoken?: string;
}

/** Settings of one synthesis. */
export interface SynthesisOptions {
  /** Stops it; the connection or worker is freed at once. */
  signal?: AbortSignal;
}

/** Turns text into audio. */
export interface Voice {
  /** As people name it, for example `flite/rms` or `openai/gpt-4o-mini-tts/alloy`. */
  readonly id: string;
  /** The format of all audio that it makes. */
  readonly format: AudioFormat;
  /** How many texts it turns into audio at the same time without harm. Default 1. */
  readonly concurrency?: number;
  /** The longest text that it takes, in UTF-16 code units. Default `Infinity`. */
  readonly maxChars?: number;
  /**
   * How long it may make nothing while its audio is waited for, in ms: it then fails with `idle-timeout`. Default 120,000; `Infinity`
   * for a voice that limits its calls itself.
   */
  readonly idleMs?: number;
  /**
   * The audio of a text, piece by piece, as soon as there is one.
   *
   * @throws {SluiceError} what the service refused, `unsupported` for text that it cannot speak, `cancelled`.
   */
  synthesize(text: string, options?: SynthesisOptions): AsyncIterable<AudioChunk>;
  /**
   * Loads what the first synthesis needs, so that it does not wait for that. `speak` calls it when a stream is begun; what
   * it rejects with is left to `synthesize` to report.
   */
  prepare?(): Promise<void>;
  /** Frees its workers and connections. It may be used again. */
  close?(): Promise<void>;
}

/** The longest text that a voice takes, in UTF-16 code units. */
export function longestText({ maxChars = Number.POSITIVE_INFINITY }: Pick<Voice, "maxChars">): number {
  return maxChars;
}
