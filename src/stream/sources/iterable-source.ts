import type { Batch, BatchSource } from "../batch-source.js";
import type { ChatEvent } from "../chat-event.js";
import { SluiceError } from "../error.js";

/** A source over any iterable of events. An iterator that hangs does not keep the reader from leaving. */
export class IterableSource implements BatchSource {
  readonly #events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>;
  #iterator: AsyncIterator<ChatEvent> | Iterator<ChatEvent> | undefined;
  #wake: (() => void) | undefined;
  #cancelled = false;
  /** Whether the iterator has ended by itself, well or not: it is not told to return then. */
  #ended = false;

  constructor(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>) {
    this.#events = events;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#cancelled) return undefined;
    this.#iterator ??=
      Symbol.asyncIterator in this.#events ? this.#events[Symbol.asyncIterator]() : this.#events[Symbol.iterator]();
    const result = this.#ask(this.#iterator);
    if (!(result instanceof Promise)) return this.#batch(result);
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      result.then(
        (r) => resolve(this.#batch(r)),
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
    this.#wake?.();
    this.#return();
  }

  #ask(iterator: AsyncIterator<ChatEvent> | Iterator<ChatEvent>) {
    try {
      return iterator.next();
    } catch (thrown) {
      this.#ended = true;
      throw SluiceError.from(thrown);
    }
  }

  #batch({ done, value }: IteratorResult<ChatEvent>): Batch | undefined {
    if (done) {
      this.#ended = true;
      return undefined;
    }
    // Nobody asks for more after this: the iterator is told, so that a generator cleans up.
    if (value.type === "finish") this.#return();
    return [value];
  }

  #return(): void {
    if (this.#ended) return;
    const returned = this.#iterator?.return?.();
    // The generator's own clean-up may fail; the reader has all it gets and is told by nobody.
    if (returned instanceof Promise) returned.catch(() => {});
  }
}
