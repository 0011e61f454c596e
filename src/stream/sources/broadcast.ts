import type { Batch, BatchSource } from "../batch-source.js";
import { invalid, SluiceError } from "../error.js";
import type { Pulled } from "./transform.js";

/** Settings of one reader of a `Broadcast`. */
export interface BroadcastReaderOptions {
  /** How many events this reader may be behind the foremost one. Default 0: one batch. */
  bound?: number;
  /** What happens beyond the bound: the others `wait` (default), or this reader has to `leave`, with error code `run-expired`. */
  beyond?: "wait" | "leave";
}

/** A batch that was read, and the one after it. Nobody keeps one that all readers have passed. */
interface Link {
  batch: Batch;
  next: Link | undefined;
}

/** Many readers of one source, each at its own pace. The source is read when a reader waits, and nobody else is too far behind. */
export class Broadcast {
  readonly #source: BatchSource;
  readonly #readers = new Set<BroadcastReader>();
  /** The first link, kept for readers that come later. */
  readonly #first: Link | undefined;
  #last: Link = { batch: [], next: undefined };
  /** How many events were read. */
  #read = 0;
  /** Readers beyond their bound for whom the others wait. */
  #blocking = 0;
  #pulling = false;
  #over: { thrown?: unknown } | undefined;

  /** @param options `replay`: keeps everything, so that a reader that comes late begins at the beginning. Default false. */
  constructor(source: BatchSource, options: { replay?: boolean } = {}) {
    this.#source = source;
    if (options.replay) this.#first = this.#last;
  }

  /**
   * Another reader, from the beginning of the stream.
   *
   * @throws {SluiceError} `invalid-argument` for a bound that is no number of at least 0; `stream-locked` where reading has
   *   begun and nothing is kept.
   */
  reader(options: BroadcastReaderOptions = {}): BatchSource {
    const { bound = 0, beyond = "wait" } = options;
    if (!(bound >= 0)) throw invalid("bound", bound, "a number of at least 0, or Infinity");
    const from = this.#first ?? this.#last;
    if (this.#first === undefined && this.#read > 0) {
      throw new SluiceError("stream-locked", "the stream is being read, and what was read of it is not kept");
    }
    // Whoever comes late to a replay is never in the way of the others.
    const late = this.#read > 0;
    const reader = new BroadcastReader(this, from, late ? Number.POSITIVE_INFINITY : bound, beyond);
    if (late) reader.behind = this.#read;
    this.#readers.add(reader);
    return reader;
  }

  /** How the source ended, once it has. */
  get over(): { thrown?: unknown } | undefined {
    return this.#over;
  }

  /** Reads on, if nobody is too far behind. What comes at once is in the links when this returns. */
  advance(): void {
    if (this.#pulling || this.#over !== undefined || this.#blocking > 0) return;
    this.#pulling = true;
    let pulled: Pulled;
    try {
      pulled = this.#source.next();
    } catch (thrown) {
      this.#end({ thrown });
      return;
    }
    if (pulled instanceof Promise) pulled.then(this.#onBatch, (thrown: unknown) => this.#end({ thrown }));
    else this.#onBatch(pulled);
  }

  /** A reader is beyond its bound, or no longer. */
  blocked(by: 1 | -1): void {
    this.#blocking += by;
    if (by === -1) this.#wanted();
  }

  left(reader: BroadcastReader, reason: unknown): void {
    if (!this.#readers.delete(reader)) return;
    if (this.#readers.size > 0 || this.#over !== undefined) return;
    this.#over = {};
    this.#source.cancel(reason);
  }

  readonly #onBatch = (batch: Batch | undefined): void => {
    this.#pulling = false;
    if (batch === undefined) {
      this.#end({});
      return;
    }
    const link = { batch, next: undefined };
    this.#last.next = link;
    this.#last = link;
    this.#read += batch.length;
    for (const reader of this.#readers) reader.arrived(batch.length);
    for (const reader of this.#readers) reader.wake();
    this.#wanted();
  };

  #end(over: { thrown?: unknown }): void {
    this.#pulling = false;
    this.#over ??= over;
    for (const reader of this.#readers) reader.wake();
  }

  /** Reads on where somebody waits. */
  #wanted(): void {
    for (const reader of this.#readers) {
      if (!reader.waiting) continue;
      this.advance();
      return;
    }
  }
}

class BroadcastReader implements BatchSource {
  /** Events that were read and not yet taken here. */
  behind = 0;
  readonly #shared: Broadcast;
  readonly #bound: number;
  readonly #beyond: "wait" | "leave";
  /** The link that was taken last; `undefined` once there is nothing more for this reader. */
  #at: Link | undefined;
  #blocking = false;
  #failure: SluiceError | undefined;
  #waiter: { resolve: (batch: Batch | undefined) => void; reject: (thrown: unknown) => void } | undefined;

  constructor(shared: Broadcast, from: Link, bound: number, beyond: "wait" | "leave") {
    this.#shared = shared;
    this.#at = from;
    this.#bound = bound;
    this.#beyond = beyond;
  }

  get waiting(): boolean {
    return this.#waiter !== undefined;
  }

  /** Events were read. A reader that waits takes them at once. */
  arrived(events: number): void {
    if (this.#at === undefined) return;
    this.behind += events;
    if (this.waiting || this.behind <= this.#bound) return;
    if (this.#beyond === "wait") {
      if (this.#blocking) return;
      this.#blocking = true;
      this.#shared.blocked(1);
    } else {
      const message = `this reader is ${this.behind} events behind, and ${this.#bound} are kept for it`;
      this.#failure = new SluiceError("run-expired", message);
      this.#at = undefined;
      this.#shared.left(this, this.#failure);
    }
  }

  wake(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const batch = this.#take();
    const { over } = this.#shared;
    if (batch === undefined && over === undefined) return;
    this.#waiter = undefined;
    if (batch === undefined && over !== undefined && "thrown" in over) waiter.reject(over.thrown);
    else waiter.resolve(batch);
  }

  next(): Pulled {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#at === undefined) return undefined;
    let batch = this.#take();
    if (batch === undefined) {
      this.#shared.advance();
      batch = this.#take();
    }
    if (batch !== undefined) return batch;
    const { over } = this.#shared;
    if (over !== undefined) {
      if ("thrown" in over) throw over.thrown;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  cancel(reason: unknown): void {
    this.#at = undefined;
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
    this.#shared.left(this, reason);
    this.#unblock();
  }

  #take(): Batch | undefined {
    const link = this.#at?.next;
    if (link === undefined) return undefined;
    this.#at = link;
    this.behind -= link.batch.length;
    if (this.behind <= this.#bound) this.#unblock();
    return link.batch;
  }

  #unblock(): void {
    if (!this.#blocking) return;
    this.#blocking = false;
    this.#shared.blocked(-1);
  }
}
