import type { Batch, BatchSource } from "./batch-source.js";
import { invalid } from "./error.js";

/**
 * Splits a source in two.
 *
 * @param open claims the source; called once the arguments are known to be good.
 * @param bound how many events one side may be ahead; one batch when absent.
 */
export function tee(open: () => BatchSource, bound?: number): [BatchSource, BatchSource] {
  if (bound !== undefined && !(bound >= 0)) throw invalid("bound", bound, "a number of at least 0, or Infinity");
  const shared = new SharedSource(open(), bound ?? 0);
  return [shared.left, shared.right];
}

class SharedSource {
  readonly left = new Side(this);
  readonly right = new Side(this);
  readonly #source: BatchSource;
  readonly #bound: number;
  #pulling = false;
  #over: { thrown?: unknown } | undefined;

  constructor(source: BatchSource, bound: number) {
    this.#source = source;
    this.#bound = bound;
  }

  /** How the source ended, once it has. */
  get over(): { thrown?: unknown } | undefined {
    return this.#over;
  }

  /** Reads on if somebody waits and nobody is too far behind. */
  advance(): void {
    if (this.#pulling || this.#over !== undefined) return;
    if (!this.left.waiting && !this.right.waiting) return;
    if (this.left.behind > this.#bound || this.right.behind > this.#bound) return;
    this.#pulling = true;
    void this.#pull();
  }

  leave(reason: unknown): void {
    if (this.left.gone && this.right.gone) {
      this.#over ??= {};
      this.#source.cancel(reason);
    } else {
      this.advance();
    }
  }

  async #pull(): Promise<void> {
    try {
      const batch = await this.#source.next();
      this.#pulling = false;
      if (batch === undefined) this.#over = {};
      else for (const side of [this.left, this.right]) side.receive(batch);
    } catch (thrown) {
      this.#pulling = false;
      this.#over = { thrown };
    }
    for (const side of [this.left, this.right]) side.wake();
    this.advance();
  }
}

class Side implements BatchSource {
  readonly #shared: SharedSource;
  #queue: Batch[] = [];
  #behind = 0;
  #waiter: { resolve: (batch: Batch | undefined) => void; reject: (thrown: unknown) => void } | undefined;
  #gone = false;

  constructor(shared: SharedSource) {
    this.#shared = shared;
  }

  get waiting(): boolean {
    return this.#waiter !== undefined;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Events that were read for this side and not yet taken. */
  get behind(): number {
    return this.#behind;
  }

  receive(batch: Batch): void {
    if (this.#gone) return;
    this.#queue.push(batch);
    this.#behind += batch.length;
  }

  wake(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const over = this.#shared.over;
    if (this.#queue.length === 0 && over === undefined) return;
    this.#waiter = undefined;
    if (this.#queue.length === 0 && over !== undefined && "thrown" in over) waiter.reject(over.thrown);
    else waiter.resolve(this.#take());
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#queue.length > 0) {
      const batch = this.#take();
      // The other side may be waiting for this one to catch up.
      this.#shared.advance();
      return batch;
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.wake();
      this.#shared.advance();
    });
  }

  cancel(reason: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#queue = [];
    this.#behind = 0;
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
    this.#shared.leave(reason);
  }

  #take(): Batch | undefined {
    const batch = this.#queue.shift();
    if (batch !== undefined) this.#behind -= batch.length;
    return batch;
  }
}
