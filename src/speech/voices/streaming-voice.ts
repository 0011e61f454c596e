import type { AudioChunk, SynthesisOptions, Voice } from "./voice.js";

/** Audio of a text that is still being written. */
export interface StreamedAudio extends AudioChunk {
  /** Which piece of the text it is of, from 0; never less than before. Times of words count from the piece's own audio. */
  piece: number;
  /** The piece is complete with it. The end of the audio completes those of which that was not known. */
  last?: true;
}

/** A voice that takes text as it streams, over one connection: what comes later sounds as if it had been one text. */
export interface StreamingVoice extends Voice {
  /** How long a text may pause before the service gives it up, in ms. Default 10,000. */
  readonly maxPauseMs?: number;
  /**
   * The audio of a text that is still being written. Each piece is a sentence or more, and is spoken when it has come.
   *
   * @throws {SluiceError} as `synthesize`, and what the text fails with.
   */
  synthesizeStream(text: AsyncIterable<string>, options?: SynthesisOptions): AsyncIterable<StreamedAudio>;
}

/** Whether a voice takes text as it streams. */
export function isStreamingVoice(voice: Voice): voice is StreamingVoice {
  return "synthesizeStream" in voice && typeof voice.synthesizeStream === "function";
}
