import type { Opaque } from "./opaque.js";

/** A sentence of the answer that is about to be spoken, or is being spoken by the model itself. */
export interface SentenceEvent {
  type: "sentence";
  /** Counted from 0. */
  index: number;
  /** What is spoken. May differ from the answer's text there: Markdown and abbreviations are read out. */
  text: string;
  /** Where the sentence begins in the answer's text, in UTF-16 code units. */
  start: number;
  /** Where it ends there, exclusive. */
  end: number;
}

/** When a word is heard. */
export interface WordMark {
  /** The word as it is spoken. */
  text: string;
  /** Ms from the first sample of this event's sentence, or of the stream's audio where there are no sentences. */
  startMs: number;
  /** Ms, on the same scale. */
  endMs: number;
}

/** A piece of sound: of a voice that reads the answer, or of a model that speaks itself. */
export interface AudioDeltaEvent {
  type: "audio-delta";
  /** The next bytes; pieces of one format joined are the whole. */
  data: Uint8Array;
  /** IANA media type, for example `audio/mpeg`; `audio/pcm` is 16-bit signed little-endian samples without a header. */
  mediaType: string;
  /** Samples a second (Hz). Required for `audio/pcm`. */
  sampleRate?: number;
  /** Interleaved channels. Default 1. */
  channels?: number;
  /** The `index` of the sentence it belongs to; absent where the model speaks itself. */
  sentence?: number;
  /** Words whose marks are known with this piece. */
  words?: WordMark[];
  /** State of the provider that must come back with the whole sound. */
  opaque?: Opaque;
}
