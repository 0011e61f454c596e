import type { Batch, BatchReader, BatchSource } from "../../stream/batch-source.js";
import { ChatStream, type ChatStreamOptions } from "../../stream/chat-stream.js";

/** A stream that is opened when it is first read. */
export class LazyStream implements BatchSource {
  readonly #open: () => Promise<ChatStream>;
  #reader: Promise<BatchReader> | undefined;
  #left: { reason: unknown } | undefined;

  constructor(open: () => Promise<ChatStream>) {
    this.#open = open;
  }

  stream(options: ChatStreamOptions): ChatStream {
    return new ChatStream(this, options);
  }

  async next(): Promise<Batch | undefined> {
    this.#reader ??= this.#open().then((stream) => stream.batches());
    const reader = await this.#reader;
    if (this.#left === undefined) return reader.next();
    reader.cancel(this.#left.reason);
    return undefined;
  }

  cancel(reason: unknown): void {
    this.#left = { reason };
    void this.#reader?.then(
      (reader) => reader.cancel(reason),
      () => {},
    );
  }
}
