import type { Batch, BatchSource } from "../batch-source.js";
import type { ChatEvent } from "../chat-event.js";
import { checkEvent } from "../check-event.js";
import { SluiceError } from "../error.js";

/** Events that are made elsewhere; a text stands for a `text-delta`. */
export type Events = AsyncIterable<ChatEvent | string> | Iterable<ChatEvent | string>;

type EventIterator = AsyncIterator<ChatEvent | string> | Iterator<ChatEvent | string>;

/** Settings of `IterableSource`. */
export interface IterableSourceOptions {
  /** Goes on after a `finish`, which may be that of one of several answers. Default: nobody asks for more. */
  pastFinish?: boolean;
  /** The reader left. */
  onCancel?: () => void;
}

/**
 * A source over any iterable. Its events come from outside: the form of each is checked. An iterator that hangs does not
 * keep the reader from leaving.
 */
export class IterableSource implements BatchSource {
  readonly #open: () => Events;
  readonly #options: IterableSourceOptions;
  #iterator: EventIterator | undefined;
  #wake: (() => void) | undefined;
  #cancelled = false;
  /** Whether the iterator has ended or failed by itself: `return` is not called then. */
  #ended = false;

  /** @param open called when it is first read. */
  constructor(open: () => Events, options: IterableSourceOptions = {}) {
    this.#open = open;
    this.#options = options;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#cancelled || this.#ended) return undefined;
    const result = this.#ask();
    if (!(result instanceof Promise)) return this.#batch(result);
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      result.then(
        (one) => {
          try {
            resolve(this.#batch(one));
          } catch (thrown) {
            reject(thrown);
          }
        },
        (thrown: unknown) => {
          this.#ended = true;
          reject(SluiceError.from(thrown));
        },
      );
    });
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#options.onCancel?.();
    this.#wake?.();
    this.#return();
  }

  #ask(): IteratorResult<ChatEvent | string> | Promise<IteratorResult<ChatEvent | string>> {
    try {
      this.#iterator ??= iteratorOf(this.#open());
      const result = this.#iterator.next();
      // Some asynchronous iterators give what only looks like a promise.
      return "then" in result && !(result instanceof Promise) ? Promise.resolve(result) : result;
    } catch (thrown) {
      this.#ended = true;
      throw SluiceError.from(thrown);
    }
  }

  #batch({ done, value }: IteratorResult<ChatEvent | string>): Batch | undefined {
    if (done) {
      this.#ended = true;
      return undefined;
    }
    if (typeof value === "string") return [{ type: "text-delta", text: value }];
    try {
      checkEvent(value);
    } catch (thrown) {
      this.#return();
      throw thrown;
    }
    // Nobody asks for more after this: the iterator is closed, so that a generator cleans up.
    if (value.type === "finish" && !this.#options.pastFinish) this.#return();
    return [value];
  }

  #return(): void {
    if (this.#ended) return;
    // The generator's own clean-up may fail; the reader has all it gets, and nobody is left to hear of it.
    try {
      const returned = this.#iterator?.return?.();
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {}
  }
}

function iteratorOf(events: Events): EventIterator {
  return Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]();
}
