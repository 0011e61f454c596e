import { joinPieces, type SpokenPiece } from "./piece.js";

/** The state of playback and synthesis, by which is chosen how much is spoken as one piece. */
export interface QueueState {
  /** Nothing of the answer was spoken yet. */
  first: boolean;
  /** Other pieces are being synthesised, or their audio waits. */
  busy: boolean;
  /** Whether the audio that is not played yet covers the synthesis of so many characters. */
  covers(characters: number): boolean;
}

/** Limits of a piece. */
export interface PieceLimits {
  sentenceBufferSize: number;
  minChunkLength: number;
  maxChunkLength: number;
}

/** Pieces that wait to be synthesised. Short ones wait for the next; several become one while there is time for that. */
export class PieceQueue {
  readonly #limits: PieceLimits;
  #pieces: SpokenPiece[] = [];

  constructor(limits: PieceLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#pieces.length;
  }

  /** Characters that wait. */
  get characters(): number {
    let sum = 0;
    for (const { spoken } of this.#pieces) sum += spoken.length;
    return sum;
  }

  push(pieces: readonly SpokenPiece[]): void {
    for (const piece of pieces) this.#pieces.push(piece);
  }

  /** What waits is to be spoken, however short, and not together with what comes. */
  close(): void {
    const last = this.#pieces.at(-1);
    if (last !== undefined) last.closed = true;
  }

  /** Drops the pieces that end after this place in the answer. */
  dropAfter(offset: number): void {
    this.#pieces = this.#pieces.filter(({ end }) => end <= offset);
  }

  /** The next piece to synthesise, or `undefined` where it is better to wait for more. */
  take(moment: QueueState): SpokenPiece | undefined {
    let [taken] = this.#pieces;
    if (taken === undefined) return undefined;
    let count = 1;
    for (const next of this.#pieces.slice(1)) {
      const length = taken.spoken.length + 1 + next.spoken.length;
      const short = taken.spoken.length < this.#limits.minChunkLength && !moment.first;
      const room = taken.sentences + next.sentences <= this.#limits.sentenceBufferSize;
      if (taken.closed === true) break;
      if (length > this.#limits.maxChunkLength || !(short || (room && moment.covers(length)))) break;
      taken = joinPieces(taken, next);
      count++;
    }
    const whole = count === this.#pieces.length;
    if (whole && taken.closed !== true && this.#isTooShort(taken, moment)) return undefined;
    this.#pieces.splice(0, count);
    return taken;
  }

  #isTooShort(piece: SpokenPiece, { first, busy }: QueueState): boolean {
    return piece.spoken.length < this.#limits.minChunkLength && !first && busy;
  }
}
