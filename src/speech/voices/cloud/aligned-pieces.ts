import { pcmBytes, pcmMs } from "../../audio/pcm.js";
import type { StreamedAudio } from "../streaming-voice.js";
import type { WordMark } from "../voice.js";
import { CharacterWords } from "./character-words.js";

/** When characters are heard, in ms from the beginning of the audio that they come with. */
export interface CharacterAlignment {
  characters: readonly string[];
  startsMs: readonly number[];
  endsMs: readonly number[];
}

/** Tells the audio of one piece of a text from that of the next, by the times of their characters. */
export class AlignedPieces {
  readonly #sampleRate: number;
  /** Characters of pieces that were sent and are not complete, blanks not counted; the first has the number `#piece`. */
  readonly #left: number[] = [];
  #piece = 0;
  /** Audio of the piece so far, in ms. */
  #pieceMs = 0;
  #words = new CharacterWords();

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** A piece was sent. */
  sent(text: string): void {
    this.#left.push(text.replace(/\s+/g, "").length);
  }

  /** Audio that came, with its characters. */
  *push(data: Uint8Array, { characters, startsMs, endsMs }: CharacterAlignment): Generator<StreamedAudio> {
    let from = 0;
    let fromMs = 0;
    let first = 0;
    const words: WordMark[] = [];
    for (const [index, character] of characters.entries()) {
      const left = this.#left[0];
      if (character.trim() === "" || left === undefined) continue;
      this.#left[0] = left - character.length;
      if (left > character.length) continue;
      // The piece ends with this character, and its audio with the next one's beginning.
      const next = characters.findIndex((one, at) => at > index && one.trim() !== "");
      const endMs = next === -1 ? pcmMs(data.length, this.#sampleRate) : (startsMs[next] ?? 0);
      words.push(...this.#wordsOf(characters, startsMs, endsMs, first, index + 1, fromMs), ...this.#words.end());
      const to = Math.min(data.length, pcmBytes(endMs, this.#sampleRate));
      yield {
        piece: this.#piece,
        data: data.subarray(from, to),
        last: true,
        ...(words.length > 0 && { words: [...words] }),
      };
      words.length = 0;
      this.#next();
      [from, fromMs, first] = [to, endMs, index + 1];
    }
    words.push(...this.#wordsOf(characters, startsMs, endsMs, first, characters.length, fromMs));
    const rest = data.subarray(from);
    // Silence after the last piece is its own, but that is complete.
    if (this.#left.length === 0 && this.#piece > 0 && words.length === 0) return;
    if (rest.length > 0 || words.length > 0)
      yield { piece: this.#piece, data: rest, ...(words.length > 0 && { words }) };
    this.#pieceMs += pcmMs(rest.length, this.#sampleRate);
  }

  /** The words that are complete when nothing more comes. */
  *end(): Generator<StreamedAudio> {
    const words = this.#words.end();
    if (words.length > 0) yield { piece: this.#piece, data: new Uint8Array(0), words };
  }

  #wordsOf(
    characters: readonly string[],
    startsMs: readonly number[],
    endsMs: readonly number[],
    from: number,
    to: number,
    fromMs: number,
  ): WordMark[] {
    const offset = this.#pieceMs - fromMs;
    return this.#words.push(characters.slice(from, to), startsMs.slice(from, to), endsMs.slice(from, to), offset);
  }

  #next(): void {
    this.#left.shift();
    this.#piece++;
    this.#pieceMs = 0;
    this.#words = new CharacterWords();
  }
}
