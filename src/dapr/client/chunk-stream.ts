import type { ChatStream } from "../../stream/chat-stream.js";
import type { Usage } from "../../stream/usage.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";

/**
 * A streamed answer in pieces of some shape. Cold: nothing is sent before it is read. It is read once; leaving the loop
 * ends the answer at its source.
 */
export class ChunkStream<Chunk> implements AsyncIterable<Chunk> {
  readonly #stream: ChatStream;
  readonly #writer: ChunkWriter<Chunk>;

  constructor(stream: ChatStream, writer: ChunkWriter<Chunk>) {
    this.#stream = stream;
    this.#writer = writer;
  }

  /** Tokens used: resolves with what is known where the reader has left. */
  get usage(): Promise<Usage> {
    return this.#stream.usage;
  }

  /** Ends the answer at its source; a reader gets error code `cancelled`. */
  cancel(reason?: unknown): void {
    this.#stream.cancel(reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, undefined> {
    const batches = this.#stream.batches();
    let left = true;
    try {
      for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
        const chunks: Chunk[] = [];
        for (const event of batch) this.#writer.push(event, (chunk) => chunks.push(chunk));
        yield* chunks;
      }
      left = false;
    } finally {
      if (left) batches.cancel("the reader left");
    }
  }
}
