import { invalid } from "./error.js";

/** Places for a limited number of runs at once. Who finds none waits in a line. */
export class Slots {
  /** How many there are; `Infinity` for no limit. */
  readonly limit: number;
  #taken = 0;
  readonly #line: (() => void)[] = [];

  /** @param limit at least 1; `Infinity` for no limit. */
  constructor(limit: number) {
    if (!(limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && limit >= 1))) {
      throw invalid("concurrency", limit, "a whole number of at least 1, or Infinity");
    }
    this.limit = limit;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Takes a free place. Returns a function that gives it back, or `undefined` where all are taken. */
  tryTake(): (() => void) | undefined {
    if (this.#taken >= this.limit) return undefined;
    this.#taken++;
    return this.#giver();
  }

  /** Takes a place as soon as there is one; returns how to give it back. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const taken = this.tryTake();
    if (taken !== undefined) return taken;
    await this.#wait(signal);
    return this.#giver();
  }

  #giver(): () => void {
    let given = false;
    return () => {
      if (!given) this.#give();
      given = true;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#line.splice(this.#line.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.push(enter);
    });
  }

  /** A place goes to the next in the line, and is free only when there is none. */
  #give(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
