import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";

/** Events that may wait for the reader before whoever writes has to wait, too. */
const BOUND = 256;

/** Where the steps of a run write and its reader reads. A slow reader slows the steps that stream. */
export class RunChannel implements BatchSource {
  readonly #begin: () => void;
  readonly #left: (reason: unknown) => void;
  #queue: ChatEvent[] = [];
  #reader: { resolve: (batch: Batch | undefined) => void; reject: (error: unknown) => void } | undefined;
  #writers: (() => void)[] = [];
  #begun = false;
  #end: { error?: unknown } | undefined;

  /**
   * @param begin is called when the reader first reads.
   * @param left is called when the reader leaves before the end.
   */
  constructor(begin: () => void, left: (reason: unknown) => void) {
    this.#begin = begin;
    this.#left = left;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      this.#begin();
    }
    if (this.#queue.length > 0) return this.#take();
    if (this.#end !== undefined) {
      if (this.#end.error !== undefined) throw this.#end.error;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Writes events; the promise, where there is one, resolves when the reader has caught up. */
  write(events: Batch): void | Promise<void> {
    if (this.#end !== undefined) return undefined;
    for (const event of events) this.#queue.push(event);
    if (this.#reader !== undefined) {
      const { resolve } = this.#reader;
      this.#reader = undefined;
      resolve(this.#take());
      return undefined;
    }
    if (!this.#begun || this.#queue.length < BOUND) return undefined;
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  /** Ends the stream: well, after a `finish` was written, or with an error. */
  end(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? {} : { error };
    this.#release();
    if (this.#reader === undefined) return;
    const { resolve, reject } = this.#reader;
    this.#reader = undefined;
    if (error === undefined) resolve(undefined);
    else reject(error);
  }

  cancel(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = {};
    this.#queue = [];
    this.#reader?.resolve(undefined);
    this.#reader = undefined;
    this.#release();
    this.#left(reason);
  }

  #take(): Batch {
    const batch = this.#queue;
    this.#queue = [];
    this.#release();
    return batch;
  }

  #release(): void {
    if (this.#writers.length === 0) return;
    for (const resume of this.#writers.splice(0)) resume();
  }
}
