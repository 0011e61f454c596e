import type { Clock } from "../../src/base/clock.js";

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  #now = 0;
  /** How many timers were ever set. */
  set = 0;
  #timers: { due: number; run: () => void }[] = [];
  #watchers: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#now + ms, run };
    this.#timers.push(timer);
    this.set++;
    for (const watcher of this.#watchers.splice(0)) watcher();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Delays until the timers that are set, the shortest first. */
  get pending(): number[] {
    return this.#timers.map(({ due }) => due - this.#now).sort((a, b) => a - b);
  }

  /** Lets time pass; timers fire in order, those that they set in turn too. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.due;
      next.run();
    }
    this.#now = until;
  }

  /** Resolves once a timer for this delay is set, which may be already. */
  async timer(ms: number): Promise<void> {
    while (!this.pending.includes(ms)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}
