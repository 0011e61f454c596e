import type { Batch, BatchReader, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { isContent } from "../../stream/is-content.js";
import type { OpenAnswers } from "./open-answers.js";

/**
 * Streams to try, one after the other: `next` is told why the one before failed, and throws where nothing is left to try.
 */
export type Routes = AsyncGenerator<ChatStream, never, SluiceError | undefined>;

/**
 * The first of several streams that says something. One that fails before its first content is as if it had never been;
 * after that nothing else is tried, so that nothing is ever said twice.
 */
export class RouteSource implements BatchSource {
  readonly #routes: Routes;
  readonly #open: OpenAnswers;
  #reader: BatchReader | undefined;
  /** What came before the first content. */
  #held: ChatEvent[] = [];
  #delivered = false;
  /** Thrown once what was held has been handed out. */
  #failure: SluiceError | undefined;
  #left: SluiceError | undefined;
  #interrupt: ((error: SluiceError) => void) | undefined;

  /** @param open has this answer among them while it is being read. */
  constructor(routes: Routes, open: OpenAnswers) {
    this.#routes = routes;
    this.#open = open;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#failure !== undefined) return this.#failed(this.#failure);
    if (this.#delivered && this.#reader !== undefined) return this.#goOn(this.#reader);
    return this.#begin().then(this.#seen, this.#failed);
  }

  cancel(reason: unknown): void {
    this.#left ??= SluiceError.from(reason, "cancelled");
    this.#reader?.cancel(reason);
    this.#interrupt?.(this.#left);
    this.#open.delete(this);
  }

  #goOn(reader: BatchReader): Batch | undefined | Promise<Batch | undefined> {
    try {
      const batch = reader.next();
      return batch instanceof Promise ? batch.then(this.#seen, this.#failed) : this.#seen(batch);
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  readonly #seen = (batch: Batch | undefined): Batch | undefined => {
    if (batch === undefined) this.#open.delete(this);
    return batch;
  };

  /** Whoever ended the answer says why. */
  readonly #failed = (thrown: unknown): never => {
    this.#open.delete(this);
    throw this.#left ?? thrown;
  };

  async #begin(): Promise<Batch | undefined> {
    this.#open.add(this);
    let failed: SluiceError | undefined;
    for (;;) {
      try {
        this.#reader ??= await this.#nextReader(failed);
      } catch (thrown) {
        return this.#fail(SluiceError.from(thrown));
      }
      try {
        const batch = await this.#reader.next();
        if (batch === undefined) return undefined;
        this.#held.push(...batch);
        if (!batch.some(isContent)) continue;
        this.#delivered = true;
        const out = this.#held;
        this.#held = [];
        return out;
      } catch (thrown) {
        if (this.#left !== undefined) throw this.#left;
        failed = SluiceError.from(thrown);
        this.#reader = undefined;
      }
    }
  }

  async #nextReader(failed: SluiceError | undefined): Promise<BatchReader> {
    const { value } = await this.#unlessLeft(this.#routes.next(failed));
    this.#held = [];
    return value.batches();
  }

  /** The end. What was held goes out first, since it may tell what was spent. */
  #fail(error: SluiceError): Batch {
    const held = this.#held;
    if (held[0]?.type !== "start") throw error;
    this.#failure = error;
    this.#held = [];
    return held;
  }

  #unlessLeft<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      if (this.#left !== undefined) reject(this.#left);
      work.then(resolve, reject);
    });
  }
}
