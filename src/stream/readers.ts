import type { Batch, BatchReader, BatchTaker } from "./batch-source.js";
import type { ChatEvent } from "./chat-event.js";
import { SluiceError } from "./error.js";
import { readInto } from "./read-into.js";
import { ReadQueue } from "./read-queue.js";

const NOTHING: Batch = [];
/** Says that a batch is in hand. */
const ARRIVED: IteratorReturnResult<undefined> = { done: true, value: undefined };

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Unrolls batches: one promise a network read, the rest is handed out as it lies there. */
export abstract class BatchIterator<T> implements AsyncIterator<T, undefined> {
  protected batch: Batch = NOTHING;
  protected at = 0;
  #done = false;
  /** Whether the source is being asked: what it has is handed over before it returns. */
  #reading = false;
  readonly #queue = new ReadQueue();
  readonly #source: BatchReader;

  constructor(source: BatchReader) {
    this.#source = source;
  }

  /** The next value of the batch in hand, or `undefined` when it has no more. What it throws ends the stream. */
  protected abstract take(): T | undefined;

  /** Called when the stream is over. What it throws is thrown to the reader. */
  protected over(): void {}

  /** The next value. Called again before it has settled, it waits for its turn. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.#queue.busy ? this.#queue.after(() => this.#read()) : this.#read();
  }

  #read(): Promise<IteratorResult<T, undefined>> {
    if (this.#done) return Promise.resolve(DONE);
    const { cancelled } = this.#source;
    if (cancelled !== undefined) return this.#failed(cancelled);
    try {
      for (;;) {
        const value = this.take();
        if (value !== undefined) return Promise.resolve({ done: false, value });
        // A stream may wait long for its next events: those that were read are not kept until then.
        this.batch = NOTHING;
        this.#reading = true;
        const pulled = readInto(this.#source, this.#taker);
        this.#reading = false;
        if (pulled === ARRIVED) continue;
        if (!(pulled instanceof Promise)) return Promise.resolve(pulled);
        return this.#done ? pulled : this.#queue.waits(pulled);
      }
    } catch (thrown) {
      this.#reading = false;
      return this.#failed(thrown);
    }
  }

  /** Leaves: the upstream connection closes at once. */
  return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#done) {
      this.#done = true;
      this.#source.cancel("the reader left");
    }
    return Promise.resolve(DONE);
  }

  readonly #resume = (
    pulled: Batch | undefined,
  ): IteratorResult<T, undefined> | Promise<IteratorResult<T, undefined>> => {
    this.#queue.settled();
    if (pulled === undefined) return this.#finish();
    this.batch = pulled;
    this.at = 0;
    // It was there: `#read` goes on with it.
    if (this.#reading) return ARRIVED;
    try {
      const value = this.take();
      return value === undefined ? this.#read() : { done: false, value };
    } catch (thrown) {
      return this.#failed(thrown);
    }
  };

  readonly #failed = (thrown: unknown): Promise<never> => {
    this.#done = true;
    this.#queue.settled();
    return Promise.reject(this.#source.fail(SluiceError.from(thrown, "protocol")));
  };

  readonly #taker: BatchTaker<IteratorResult<T, undefined>> = { batch: this.#resume, failure: this.#failed };

  #finish(): Promise<IteratorResult<T, undefined>> {
    this.#done = true;
    try {
      this.over();
    } catch (thrown) {
      return this.#failed(thrown);
    }
    return Promise.resolve(DONE);
  }
}

/** Reads all events. */
export class EventReader extends BatchIterator<ChatEvent> {
  protected take(): ChatEvent | undefined {
    return this.batch[this.at++];
  }
}

/** Reads the text deltas, and ends when text that was read is retracted. */
export class TextReader extends BatchIterator<string> {
  /** Whether text was read since the last `start` or `step-start`. */
  #hasRead = false;
  readonly #onRetract: ((reason: string) => void) | undefined;

  constructor(source: BatchReader, onRetract: ((reason: string) => void) | undefined) {
    super(source);
    this.#onRetract = onRetract;
  }

  protected take(): string | undefined {
    while (this.at < this.batch.length) {
      const event = this.batch[this.at++] as ChatEvent;
      if (event.type === "text-delta") {
        if (event.text === "") continue;
        this.#hasRead = true;
        return event.text;
      }
      if (event.type === "start" || event.type === "step-start") this.#hasRead = false;
      else if (event.type === "retract") this.#takeBack(event.reason);
    }
    return undefined;
  }

  #takeBack(reason: string): void {
    if (!this.#hasRead) return;
    this.#hasRead = false;
    if (this.#onRetract === undefined) {
      throw new SluiceError(
        "retracted",
        `the text that was read is void: ${reason}; pass onRetract to readText() to go on`,
      );
    }
    this.#onRetract(reason);
  }
}
