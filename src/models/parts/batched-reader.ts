/** The most parts that are handed out at once, so that a slow reader holds few of them. */
const MOST = 32;

/**
 * How many microtasks a part may take before it counts as not there. One that stands ready behind the transform streams
 * of a provider takes 5 (measured on Node 20, however many streams).
 */
const PATIENCE = 8;

/**
 * Reads a stream in batches: a read takes all parts that are there already. It reads on demand, and one part ahead, which
 * is how it knows that no more is there.
 */
export class BatchedReader<T> {
  readonly #reader: ReadableStreamDefaultReader<T>;
  /** A read that was begun and had not come when its batch went out. */
  #ahead: Read<T> | undefined;

  constructor(stream: ReadableStream<T>) {
    this.#reader = stream.getReader();
  }

  /**
   * At least one part, or `undefined` at the end of the stream.
   *
   * @throws what the stream fails with, after the parts before it.
   */
  async read(): Promise<T[] | undefined> {
    const parts: T[] = [];
    let read = this.#ahead ?? this.#begin();
    this.#ahead = undefined;
    let result = await read.promise;
    while (!result.done) {
      parts.push(result.value);
      if (parts.length === MOST) return parts;
      read = this.#begin();
      for (let turn = 0; turn < PATIENCE && !read.over; turn++) await undefined;
      if (read.settled === undefined) {
        this.#ahead = read;
        return parts;
      }
      result = read.settled;
    }
    if (parts.length === 0) return undefined;
    this.#ahead = read;
    return parts;
  }

  /** Leaves the stream, which closes what is behind it. */
  cancel(reason: unknown): void {
    // The reader has left: whether the stream's own clean-up worked is reported to nobody.
    this.#reader.cancel(reason).catch(() => {});
  }

  #begin(): Read<T> {
    const read: Read<T> = { promise: this.#reader.read(), settled: undefined, over: false };
    read.promise.then(
      (result) => {
        read.settled = result;
        read.over = true;
      },
      () => {
        read.over = true;
      },
    );
    return read;
  }
}

interface Read<T> {
  promise: Promise<ReadableStreamReadResult<T>>;
  /** What came; nothing yet, or a failure, where it is absent. */
  settled: ReadableStreamReadResult<T> | undefined;
  over: boolean;
}
