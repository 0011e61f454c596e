/** How sound is written. */
export interface AudioFormat {
  /** IANA media type. `audio/pcm` is signed 16-bit little-endian samples, one channel, with no header. */
  mediaType: string;
  /** Samples a second; always there for `audio/pcm`. */
  sampleRate?: number;
}

/** When a word is heard. */
export interface WordMark {
  /** As it was given to the voice. */
  text: string;
  /** In ms from the beginning of the sound of its text. */
  startMs: number;
  /** In ms from the beginning of the sound of its text. */
  endMs: number;
}

/** A piece of sound. */
export interface AudioChunk {
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

/** Turns text into sound. */
export interface Voice {
  /** As people name it, for example `flite/rms` or `openai/gpt-4o-mini-tts/alloy`. */
  readonly id: string;
  /** Of all sound that it makes. */
  readonly format: AudioFormat;
  /** How many texts it turns into sound at the same time without harm. */
  readonly concurrency: number;
  /** The longest text that it takes, in UTF-16 code units. */
  readonly maxChars: number;
  /**
   * The sound of a text, piece by piece, as soon as there is one.
   *
   * @throws {SluiceError} what the service refused, `unsupported` for text that it cannot speak, `cancelled`.
   */
  synthesize(text: string, options?: SynthesisOptions): AsyncIterable<AudioChunk>;
  /**
   * Loads what the first synthesis needs, so that it does not wait for that. `speak` calls it when a stream is begun; what
   * it rejects with is left to `synthesize` to report.
   */
  prepare?(): Promise<void>;
  /** Frees what it holds: workers, connections. It may be used again. */
  close?(): Promise<void>;
}
