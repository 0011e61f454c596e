import type { JsonObject } from "../../../base/json.js";
import { pcmMs } from "../../audio/pcm.js";
import type { StreamedAudio } from "../streaming-voice.js";
import type { AudioChunk, WordMark } from "../voice.js";

/** How far a word may begin before the audio of its piece by the service's rounding, in ms. */
const SLACK_MS = 50;

/**
 * Tells the audio of one piece of a text from that of the next by the `flush_id` of Cartesia's messages, which grows with each
 * flush (https://docs.cartesia.ai/use-the-api/tts-websocket/context-flushing-and-flush-i-ds).
 */
export class FlushedPieces {
  readonly #sampleRate: number;
  /** The id of the first piece's audio. */
  #base: number | undefined;
  #piece = 0;
  /** Flushes that the service has done, one for each piece. */
  #flushed = 0;
  /** All audio so far, and where that of the piece began, in ms. */
  #totalMs = 0;
  #pieceFromMs = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** A message, and the audio and words in it. */
  *push({ type, flush_id: id }: JsonObject, chunk: AudioChunk | undefined): Generator<StreamedAudio> {
    if (type === "flush_done") {
      const piece = this.#flushed++;
      if (piece < this.#piece) return;
      yield { piece, data: new Uint8Array(0), last: true };
      this.#goTo(piece + 1);
      return;
    }
    if (chunk === undefined) return;
    if (typeof id === "number") {
      this.#base ??= id;
      this.#goTo(id - this.#base);
    }
    const { data, words } = chunk;
    this.#totalMs += pcmMs(data.length, this.#sampleRate);
    yield { piece: this.#piece, data, ...(words !== undefined && { words: this.#fromPiece(words) }) };
  }

  #goTo(piece: number): void {
    if (piece <= this.#piece) return;
    this.#piece = piece;
    this.#pieceFromMs = this.#totalMs;
  }

  /** Times may count from the context's beginning, or from the piece's. */
  #fromPiece(words: readonly WordMark[]): WordMark[] {
    const offset = (words[0]?.startMs ?? 0) + SLACK_MS < this.#pieceFromMs ? 0 : this.#pieceFromMs;
    return words.map(({ text, startMs, endMs }) => ({ text, startMs: startMs - offset, endMs: endMs - offset }));
  }
}
