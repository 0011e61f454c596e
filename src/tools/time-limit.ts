import type { Clock } from "../base/clock.js";

/** A limit on the time that something runs, not counting what it waits for people. */
export class TimeLimit {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #leftMs: number;
  #since = 0;
  #callOff: (() => void) | undefined;
  /** How many waits do not count at the moment. */
  #pauses = 0;

  /** Begins at once. @param limitMs `Infinity` for none. */
  constructor(limitMs: number, clock: Clock, onOver: () => void) {
    this.#leftMs = limitMs;
    this.#clock = clock;
    this.#onOver = onOver;
    this.#go();
  }

  /** Waits for something that does not count. */
  async without<T>(wait: () => T | Promise<T>): Promise<T> {
    if (this.#pauses++ === 0) this.stop();
    try {
      return await wait();
    } finally {
      if (--this.#pauses === 0) this.#go();
    }
  }

  stop(): void {
    if (this.#callOff === undefined) return;
    this.#callOff();
    this.#callOff = undefined;
    this.#leftMs -= this.#clock.now() - this.#since;
  }

  #go(): void {
    if (this.#leftMs === Number.POSITIVE_INFINITY) return;
    this.#since = this.#clock.now();
    this.#callOff = this.#clock.after(Math.max(0, this.#leftMs), this.#onOver);
  }
}
