import type { Batch, BatchSource } from "./batch-source.js";
import type { ChatEvent } from "./chat-event.js";

/** A source over any iterable of events. An iterator that hangs does not keep the reader from leaving. */
export class IterableSource implements BatchSource {
  readonly #events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>;
  #iterator: AsyncIterator<ChatEvent> | Iterator<ChatEvent> | undefined;
  #wake: (() => void) | undefined;
  #cancelled = false;

  constructor(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>) {
    this.#events = events;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#cancelled) return undefined;
    this.#iterator ??=
      Symbol.asyncIterator in this.#events ? this.#events[Symbol.asyncIterator]() : this.#events[Symbol.iterator]();
    const result = this.#iterator.next();
    if (!(result instanceof Promise)) return result.done ? undefined : [result.value];
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      result.then((r) => resolve(r.done ? undefined : [r.value]), reject);
    });
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#wake?.();
    const returned = this.#iterator?.return?.();
    // The generator's own clean-up may fail; the reader has left and is told by nobody.
    if (returned instanceof Promise) returned.catch(() => {});
  }
}
