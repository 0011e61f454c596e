import { type Clock, systemClock } from "../../base/clock.js";
import { exactly, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { pcmBytes, pcmMs } from "../audio/pcm.js";
import type { AudioOutput } from "./audio-output.js";

/** What sound is handed to. */
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

const OPTIONS = exactly("pacedOutput", { bufferMs: wholeNumber(20), clock: () => {} });
/** Sound is handed on in pieces of this length, in ms. */
const PIECE_MS = 20;

/**
 * Hands sound on at the pace at which it is heard, little ahead, and knows by the clock how much that was. For a sink that
 * plays what it gets and cannot say how far it is: a pipe to a player, a telephone line, a WebSocket.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function pacedOutput(sink: PcmSink, options: PacedOutputOptions = {}): AudioOutput {
  OPTIONS(options, "");
  if (typeof sink?.write !== "function") throw invalid("sink", sink, "something with write(pcm, sampleRate)");
  return new PacedOutput(sink, options);
}

class PacedOutput implements AudioOutput {
  readonly #sink: PcmSink;
  readonly #bufferMs: number;
  readonly #clock: Clock;
  /** Sound that was handed on, in ms. */
  #writtenMs = 0;
  /** When the last of it will have been heard. Where nothing came in time, what comes next begins later. */
  #endsAt = 0;
  /** Counts the stops, so that a write notices one. */
  #stops = 0;
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
      const piece = pcm.subarray(at, at + size);
      this.#sink.write(piece, sampleRate);
      const ms = pcmMs(piece.length, sampleRate);
      this.#endsAt = Math.max(this.#endsAt, this.#clock.now()) + ms;
      this.#writtenMs += ms;
      if (this.#aheadMs > this.#bufferMs) await this.#wait(this.#aheadMs - this.#bufferMs);
    }
  }

  stop(): void {
    this.#stops++;
    this.#writtenMs -= this.#aheadMs;
    this.#endsAt = this.#clock.now();
    this.#sink.stop?.();
    for (const resolve of this.#waiting) resolve();
  }

  async drained(): Promise<void> {
    while (this.#aheadMs > 0) await this.#wait(this.#aheadMs);
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
