import type { Batch, BatchSource, BatchTaker } from "../batch-source.js";
import { nextThen, type Reads, readsOf, TakerChain } from "../read-into.js";
import { truncated } from "./truncated.js";

/** A batch, nothing yet, or a promise of either where something must be waited for. */
export type Pulled = Batch | undefined | Promise<Batch | undefined>;

/** What becomes of the batches of a source. One for each stream, since most hold state. */
export interface Transform {
  /**
   * The source is about to be read for the first time: what goes out before it. One that ends with a `finish` ends the stream:
   * the source is cancelled unread. Default: nothing.
   */
  begin?(): Batch | undefined;
  /**
   * What goes out in place of a batch. Nothing, or an empty batch: the source is read on. Without a promise the reader pays
   * none. One that ends with a `finish` of its own ends the stream: the source is cancelled.
   */
  push(batch: Batch): Pulled;
  /** Goes on reading after a `finish` of the source, which then is for `push` to keep or to drop. Default: nothing follows it. */
  pastFinish?: true;
  /** The source failed: what still goes out before its error. Throws to put another error in its place. Default: nothing. */
  fail?(thrown: unknown): Pulled;
  /** The source ended without a `finish`. Default: it failed with `truncated`. */
  end?(): Batch | undefined;
  /** The reader left. The source is cancelled afterwards, and a pending `push` is not waited for. */
  cancel?(reason: unknown): void;
}

/** A source whose batches are others, and which costs a promise only where the source or the transform does. */
export function transform(source: BatchSource, through: Transform): BatchSource {
  return new TransformSource(source, through);
}

class TransformSource implements BatchSource {
  readonly #source: BatchSource;
  readonly #through: Transform;
  /** What is read in place of the source, once that was read. */
  #reads: Reads | undefined;
  #begun = false;
  #over = false;
  /** Thrown after what goes out before it. */
  #failure: { thrown: unknown } | undefined;
  /** Ends the wait for a promise of the transform. */
  #wake: (() => void) | undefined;

  constructor(source: BatchSource, through: Transform) {
    this.#source = source;
    this.#through = through;
  }

  next(): Pulled {
    for (;;) {
      const first = this.#before();
      if (first !== undefined || this.#over) return first;
      let pulled: Pulled;
      try {
        pulled = this.#source.next();
      } catch (thrown) {
        return this.#onFailure(thrown);
      }
      if (pulled instanceof Promise) return pulled.then(this.#onBatch, this.#onFailure);
      const out = this.#push(pulled);
      if (out instanceof Promise) return this.#unlessCancelled(out).then(this.#onOut);
      if (out !== undefined && out.length > 0) return out;
      if (this.#over) return undefined;
    }
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    if (!this.#begun || this.#over || this.#failure !== undefined) return nextThen(this, taker);
    this.#reads ??= readsOf(this.#source);
    return this.#reads.nextInto(this.#chain.before(taker));
  }

  /** What goes out before the source is read, or the end. */
  #before(): Batch | undefined {
    if (this.#failure !== undefined) throw this.#failure.thrown;
    if (this.#over || this.#begun) return undefined;
    this.#begun = true;
    const first = this.#watch(this.#through.begin?.());
    return first !== undefined && first.length > 0 ? first : undefined;
  }

  cancel(reason: unknown): void {
    this.#over = true;
    this.#failure = undefined;
    this.#through.cancel?.(reason);
    this.#source.cancel(reason);
    this.#wake?.();
  }

  // Made once and not at each read.
  readonly #onBatch = (batch: Batch | undefined): Pulled => {
    if (this.#over) return undefined;
    const out = this.#push(batch);
    if (out === batch) return out;
    return out instanceof Promise ? this.#unlessCancelled(out).then(this.#onOut) : this.#onOut(out);
  };

  readonly #onOut = (out: Batch | undefined): Pulled => (out !== undefined && out.length > 0 ? out : this.next());

  readonly #onFailure = (thrown: unknown): Pulled => {
    if (this.#over || this.#through.fail === undefined) throw thrown;
    const out = this.#through.fail(thrown);
    this.#failure = { thrown };
    if (!(out instanceof Promise)) return this.#beforeFailure(out);
    return this.#unlessCancelled(out).then((last) => this.#beforeFailure(last));
  };

  readonly #chain = new TakerChain({ batch: this.#onBatch, failure: this.#onFailure });

  #beforeFailure(out: Batch | undefined): Batch | undefined {
    if (out !== undefined && out.length > 0) return out;
    if (this.#failure === undefined) return undefined;
    throw this.#failure.thrown;
  }

  #push(batch: Batch | undefined): Pulled {
    if (batch === undefined) return this.#ended();
    const out = this.#through.push(batch);
    const finished = batch[batch.length - 1]?.type === "finish";
    if (out === batch && !finished) return out;
    if (finished && !this.#through.pastFinish) this.#over = true;
    else if (out instanceof Promise) return out.then((events) => this.#watch(events));
    else this.#watch(out);
    return out;
  }

  /** A transform may finish early (a budget): nobody will pull the source again. */
  #watch(out: Batch | undefined): Batch | undefined {
    if (out?.[out.length - 1]?.type === "finish") {
      this.#over = true;
      this.#source.cancel("the stream was finished before its source");
    }
    return out;
  }

  #ended(): Pulled {
    if (this.#through.end !== undefined) {
      this.#over = true;
      return this.#through.end();
    }
    return this.#onFailure(truncated());
  }

  #unlessCancelled(out: Promise<Batch | undefined>): Promise<Batch | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      out.then(resolve, reject);
    });
  }
}
