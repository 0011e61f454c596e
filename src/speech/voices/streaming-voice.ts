import type { AudioChunk, SynthesisOptions, Voice } from "./voice.js";

/** A voice that takes text as it streams: it begins to speak before the text is complete. */
export interface StreamingVoice extends Voice {
  /**
   * The sound of a text that is still being written. Pieces are joined as they are, so blanks belong to them.
   *
   * @throws {SluiceError} as `synthesize`, and what the text fails with.
   */
  synthesizeStream(text: AsyncIterable<string>, options?: SynthesisOptions): AsyncIterable<AudioChunk>;
}
