import { type Clock, systemClock } from "../../base/clock.js";
import { onAbort } from "../../base/on-abort.js";
import { clock as clockCheck, exactly, milliseconds, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { Slots } from "../../stream/slots.js";

/** Settings of a `ConcurrencyLimit`. */
export interface ConcurrencyLimitOptions {
  /** Calls at once. */
  concurrency: number;
  /** How long a call waits for its place before it fails with `overloaded`, in ms. Default 30,000. */
  queueMs?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("a limit of concurrency", {
  concurrency: { required: wholeNumber(1) },
  queueMs: milliseconds,
  clock: clockCheck,
});

/** Calls at once, of one model or of all models of a provider. Who finds no place waits in a line, for a time. */
export class ConcurrencyLimit {
  readonly #slots: Slots;
  readonly #queueMs: number;
  readonly #clock: Clock;

  /** @throws {SluiceError} `invalid-argument` for an unknown option or an invalid value. */
  constructor(options: ConcurrencyLimitOptions) {
    OPTIONS(options, "");
    const { concurrency, queueMs = 30_000, clock = systemClock } = options;
    this.#slots = new Slots(concurrency);
    this.#queueMs = queueMs;
    this.#clock = clock;
  }

  /** The most calls at once. */
  get concurrency(): number {
    return this.#slots.limit;
  }

  /** Calls that have a place. */
  get running(): number {
    return this.#slots.taken;
  }

  /** Calls that wait for one. */
  get waiting(): number {
    return this.#slots.waiting;
  }

  /** Whether a call would have to wait. */
  get full(): boolean {
    return this.#slots.taken >= this.#slots.limit;
  }

  /**
   * Takes a place, at once where there is one; returns how to give it back.
   *
   * @throws {SluiceError} `overloaded` where none became free in time; the signal's reason.
   */
  enter(signal: AbortSignal): (() => void) | Promise<() => void> {
    return this.#slots.tryTake() ?? this.#wait(signal);
  }

  async #wait(signal: AbortSignal): Promise<() => void> {
    const patience = new AbortController();
    const forget = onAbort(signal, () => patience.abort(signal.reason));
    const callOff = this.#clock.after(this.#queueMs, () => {
      const message = `${this.concurrency} calls at once are allowed, and no place became free within ${this.#queueMs} ms`;
      patience.abort(new SluiceError("overloaded", message, { retryable: true, status: 503 }));
    });
    try {
      return await this.#slots.take(patience.signal);
    } finally {
      forget();
      callOff();
    }
  }
}
