/** One answer that is under way. */
export interface OpenStream {
  /** Set when something was written since the last look. */
  wrote: boolean;
}

interface Writable {
  write(text: string): boolean;
  readonly destroyed: boolean;
}

/** Answers that are under way: all are kept alive by one timer. */
export class OpenStreams {
  readonly #streams = new Map<OpenStream, { out: Writable; keepAlive: string | undefined }>();
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param everyMs how long an answer may be silent, at most twice this, before a sign of life is sent. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** @param keepAlive what is sent where nothing else is; absent where nothing may be. */
  add(out: Writable, keepAlive: string | undefined): OpenStream {
    const stream = { wrote: true };
    this.#streams.set(stream, { out, keepAlive });
    this.#timer ??= setInterval(this.#look, this.#everyMs).unref();
    return stream;
  }

  delete(stream: OpenStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    for (const [stream, { out, keepAlive }] of this.#streams) {
      if (!stream.wrote && keepAlive !== undefined && !out.destroyed) out.write(keepAlive);
      stream.wrote = false;
    }
  };
}
