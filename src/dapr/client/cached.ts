import type { Clock } from "../../base/clock.js";

/** A value that is loaded when it is asked for and kept for a while. Failures are not kept. */
export class Cached<T> {
  readonly #load: () => Promise<T>;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  #kept: { value: Promise<T>; until: number } | undefined;

  constructor(load: () => Promise<T>, ttlMs: number, clock: Clock) {
    this.#load = load;
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  /** Those who ask while it is being loaded get the same value. */
  get(): Promise<T> {
    const now = this.#clock.now();
    if (this.#kept !== undefined && now < this.#kept.until) return this.#kept.value;
    const kept = { value: this.#load(), until: now + this.#ttlMs };
    this.#kept = kept;
    kept.value.catch(() => {
      if (this.#kept === kept) this.#kept = undefined;
    });
    return kept.value;
  }
}
