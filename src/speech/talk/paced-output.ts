import { type Clock, systemClock } from "../../base/clock.js";
import { clock, exactly, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { pcmBytes, pcmMs } from "../audio/pcm.js";
import type { AudioOutput } from "./audio-output.js";

/** What audio is handed to. */
export interface PcmSink {
  /** The next samples: 16 bits, one channel. */
  write(pcm: Uint8Array, sampleRate: number): void;
  /** What it has and did not play is to be dropped. */
  stop?(): void;
}

/** Settings of `pacedOutput`. */
export interface PacedOutputOptions {
  /** How much the sink is given ahead of what is heard, in ms. More rides out hiccups. Default 200. */
  bufferMs?: number;
  /** Default: the system's. */
  clock?: Clock;
}

/** What these settings may hold, for those who take them among their own. */
export const PACED_OUTPUT_FIELDS = { bufferMs: wholeNumber(20), clock };
const OPTIONS = exactly("pacedOutput", PACED_OUTPUT_FIELDS);
/** Audio is handed on in pieces of this length, in ms. */
const PIECE_MS = 20;

/**
 * Hands audio on at the pace at which it is heard, little ahead, and knows by the clock how much that was. For a sink that
 * plays what it gets and cannot say how far it is: a pipe to a player, a telephone line, a WebSocket.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function pacedOutput(sink: PcmSink, options: PacedOutputOptions = {}): AudioOutput {
  OPTIONS(options, "");
  if (typeof sink?.write !== "function") throw invalid("sink", sink, "something with write(pcm, sampleRate)");
  return new PacedOutput(sink, options);
}

interface SpokenPiece {
  pcm: Uint8Array;
  sampleRate: number;
}

class PacedOutput implements AudioOutput {
  readonly #sink: PcmSink;
  readonly #bufferMs: number;
  readonly #clock: Clock;
  /** Audio that was handed on, in ms. */
  #writtenMs = 0;
  /** When the last of it will have been heard. Where nothing came in time, what comes next begins later. */
  #endsAt = 0;
  /** Counts the stops, so that a write notices one. */
  #stops = 0;
  /** The last pieces that were handed on: what of them was not heard is handed on again after a pause. */
  #recent: SpokenPiece[] = [];
  /** What is to be heard after the pause; `undefined` if there is none. */
  #paused: SpokenPiece[] | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(sink: PcmSink, { bufferMs = 200, clock = systemClock }: PacedOutputOptions) {
    this.#sink = sink;
    this.#bufferMs = bufferMs;
    this.#clock = clock;
  }

  get playedMs(): number {
    return this.#writtenMs - this.#aheadMs;
  }

  async write(pcm: Uint8Array, sampleRate: number): Promise<void> {
    const stops = this.#stops;
    const size = pcmBytes(PIECE_MS, sampleRate);
    for (let at = 0; at < pcm.length && stops === this.#stops; at += size) {
      while (this.#paused !== undefined && stops === this.#stops) await this.#woken();
      if (stops !== this.#stops) return;
      this.#hand({ pcm: pcm.subarray(at, at + size), sampleRate });
      if (this.#aheadMs > this.#bufferMs) await this.#wait(this.#aheadMs - this.#bufferMs);
    }
  }

  stop(): void {
    this.#stops++;
    this.#silence();
    this.#paused = undefined;
    this.#wake();
  }

  pause(): void {
    if (this.#paused !== undefined) return;
    let unheardMs = this.#aheadMs;
    const unheard: SpokenPiece[] = [];
    for (const piece of this.#recent.reverse()) {
      if (unheardMs <= 0) break;
      const ms = pcmMs(piece.pcm.length, piece.sampleRate);
      // Of a piece that is being heard, the rest is heard after the pause.
      const heard = pcmBytes(Math.max(0, ms - unheardMs), piece.sampleRate);
      unheard.unshift({ ...piece, pcm: piece.pcm.subarray(heard) });
      unheardMs -= ms;
    }
    this.#silence();
    this.#paused = unheard;
  }

  resume(): void {
    const unheard = this.#paused ?? [];
    this.#paused = undefined;
    for (const piece of unheard) this.#hand(piece);
    this.#wake();
  }

  async drained(): Promise<void> {
    while (this.#aheadMs > 0 || this.#paused !== undefined) {
      if (this.#paused !== undefined) await this.#woken();
      else await this.#wait(this.#aheadMs);
    }
  }

  #hand({ pcm, sampleRate }: SpokenPiece): void {
    this.#sink.write(pcm, sampleRate);
    const ms = pcmMs(pcm.length, sampleRate);
    this.#endsAt = Math.max(this.#endsAt, this.#clock.now()) + ms;
    this.#writtenMs += ms;
    this.#recent.push({ pcm, sampleRate });
    if (this.#recent.length > (this.#bufferMs + PIECE_MS) / PIECE_MS + 1) this.#recent.shift();
  }

  #silence(): void {
    this.#writtenMs -= this.#aheadMs;
    this.#endsAt = this.#clock.now();
    this.#recent = [];
    this.#sink.stop?.();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  /** Resolves with the end of a pause, or a stop. */
  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  get #aheadMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        callOff();
        this.#waiting.delete(done);
        resolve();
      };
      const callOff = this.#clock.after(ms, done);
      this.#waiting.add(done);
    });
  }
}
