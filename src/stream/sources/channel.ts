import type { Batch, BatchSource } from "../batch-source.js";
import type { Pulled } from "./transform.js";

/** Settings of a `Channel`. */
export interface ChannelOptions {
  /** How many events may wait for the reader before `push` asks to be waited for. Default `Infinity`. */
  bound?: number;
  /** The reader waits for something, and nothing is there. */
  onWait?: () => void;
  /** The reader left. */
  onCancel?: (reason: unknown) => void;
}

/** Somebody pushes, a reader pulls. */
export class Channel implements BatchSource {
  readonly #options: ChannelOptions;
  readonly #bound: number;
  #queue: Batch[] = [];
  /** Of the next batch to read. */
  #head = 0;
  #buffered = 0;
  #over: { thrown?: unknown } | undefined;
  #reader: { resolve: (batch: Batch | undefined) => void; reject: (thrown: unknown) => void } | undefined;
  #room: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(options: ChannelOptions = {}) {
    this.#options = options;
    this.#bound = options.bound ?? Number.POSITIVE_INFINITY;
  }

  /** Events that wait for the reader. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Whether nothing can be pushed any more: it was ended, or the reader left. */
  get closed(): boolean {
    return this.#over !== undefined;
  }

  /** Whether the reader waits for a push. */
  get awaited(): boolean {
    return this.#reader !== undefined;
  }

  /**
   * Hands a batch to the reader. What is pushed after the end is dropped.
   *
   * @returns a promise where the reader is far behind: it resolves when there is room again, or the reader has left.
   */
  push(batch: Batch): void | Promise<void> {
    if (this.#over !== undefined || batch.length === 0) return;
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader.resolve(batch);
      return;
    }
    this.#queue.push(batch);
    this.#buffered += batch.length;
    if (this.#buffered > this.#bound) return this.#waitForRoom();
  }

  /** Nothing more comes. The reader gets what is there first. */
  end(): void {
    this.#end({});
  }

  /** Fails the channel: the reader gets what is buffered, then the error. */
  fail(thrown: unknown): void {
    this.#end({ thrown });
  }

  next(): Pulled {
    const batch = this.#take();
    if (batch !== undefined) return batch;
    const over = this.#over;
    if (over !== undefined) {
      if ("thrown" in over) throw over.thrown;
      return undefined;
    }
    const promise = new Promise<Batch | undefined>((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
    this.#options.onWait?.();
    return promise;
  }

  cancel(reason: unknown): void {
    this.#queue = [];
    this.#head = 0;
    this.#buffered = 0;
    const over = this.#over;
    this.#end({});
    // The reader has left: what it failed with is nobody's any more.
    if (over === undefined) this.#options.onCancel?.(reason);
    else this.#over = {};
  }

  #take(): Batch | undefined {
    const batch = this.#queue[this.#head];
    if (batch === undefined) return undefined;
    this.#head++;
    this.#buffered -= batch.length;
    if (this.#head === this.#queue.length || this.#head > 1_000) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.#room !== undefined && this.#buffered <= this.#bound) this.#makeRoom();
    return batch;
  }

  #end(over: { thrown?: unknown }): void {
    if (this.#over !== undefined) return;
    this.#over = over;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) {
      if ("thrown" in over) reader.reject(over.thrown);
      else reader.resolve(undefined);
    }
    this.#makeRoom();
  }

  #waitForRoom(): Promise<void> {
    if (this.#room === undefined) {
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  #makeRoom(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.resolve();
  }
}
