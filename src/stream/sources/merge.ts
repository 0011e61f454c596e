import type { Batch, BatchSource } from "../batch-source.js";
import type { Pulled } from "./transform.js";

/** One source of a `Merge`; `source` is gone once it has ended. */
type Arrival = { source: BatchSource } & ({ batch: Batch } | { thrown: unknown });

/**
 * Several sources as one: batches in the order in which they come, and where several are there, each source in its turn. Of each
 * source one batch is read ahead. The first that fails ends them all.
 */
export class Merge implements BatchSource {
  /** Those that are not being asked, and have nothing that waits. */
  #idle: BatchSource[] = [];
  readonly #live = new Set<BatchSource>();
  #ready: Arrival[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  /** Another source, read from the next time on that the merged one is. Cancelled at once where the reader has left. */
  add(source: BatchSource): void {
    if (this.#closed) {
      source.cancel("the merged stream is over");
      return;
    }
    this.#live.add(source);
    this.#idle.push(source);
    if (this.#wake !== undefined) this.#ask();
  }

  /** No more sources come: the merged one ends when they all have. */
  close(): void {
    this.#closed = true;
    if (this.#live.size === 0) this.#wake?.();
  }

  next(): Pulled {
    this.#ask();
    if (this.#isOver) return this.#take();
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
    }).then(() => {
      this.#wake = undefined;
      return this.#take();
    });
  }

  cancel(reason: unknown): void {
    this.#closed = true;
    const live = [...this.#live];
    this.#live.clear();
    this.#idle = [];
    this.#ready = [];
    for (const source of live) source.cancel(reason);
    this.#wake?.();
  }

  /** Whether there is something to take, if only the end. */
  get #isOver(): boolean {
    return this.#ready.length > 0 || (this.#closed && this.#live.size === 0);
  }

  #ask(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const source of idle) {
      try {
        const pulled = source.next();
        if (pulled instanceof Promise) {
          pulled.then(
            (batch) => this.#arrive(source, batch),
            (thrown: unknown) => this.#queue({ source, thrown }),
          );
        } else this.#arrive(source, pulled);
      } catch (thrown) {
        this.#queue({ source, thrown });
      }
    }
  }

  #arrive(source: BatchSource, batch: Batch | undefined): void {
    if (batch !== undefined) {
      this.#queue({ source, batch });
      return;
    }
    this.#live.delete(source);
    if (this.#isOver) this.#wake?.();
  }

  #queue(arrival: Arrival): void {
    if (!this.#live.has(arrival.source)) return;
    this.#ready.push(arrival);
    this.#wake?.();
  }

  #take(): Batch | undefined {
    const arrival = this.#ready.shift();
    if (arrival === undefined) return undefined;
    if ("thrown" in arrival) {
      this.#live.delete(arrival.source);
      this.cancel(arrival.thrown);
      throw arrival.thrown;
    }
    this.#idle.push(arrival.source);
    return arrival.batch;
  }
}

/** Several sources as one: see `Merge`. */
export function merge(sources: Iterable<BatchSource>): BatchSource {
  const merged = new Merge();
  for (const source of sources) merged.add(source);
  merged.close();
  return merged;
}
