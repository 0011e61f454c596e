import type { Batch, BatchSource, BatchTaker } from "../batch-source.js";
import type { ChatEvent } from "../chat-event.js";
import { SluiceError } from "../error.js";
import { isContent } from "../is-content.js";
import { plainText } from "../plain-text.js";
import { nextThen, type Reads, readsOf, TakerChain } from "../read-into.js";
import type { Pulled } from "./transform.js";
import { truncated } from "./truncated.js";

/** An attempt that failed. */
export interface FailedAttempt {
  /** Counted from 1. */
  attempt: number;
  /** Whether its source was opened; otherwise the error is what `open` threw. */
  opened: boolean;
  /** Whether content of it was passed on that was not retracted. */
  delivered: boolean;
  /** Whether a step of it was passed on whole, which can neither be taken back nor gone on from. */
  stepped: boolean;
}

/** What is tried, and what follows a failure. */
export interface AttemptsPlan {
  /** Opens an attempt, counted from 1. A reader who leaves meanwhile does not wait, and what is opened then is cancelled. */
  open(attempt: number): BatchSource | Promise<BatchSource>;
  /** What goes out in place of an attempt's batch. One of nothing but text always goes out as it is. Default: all do. */
  pass?(batch: Batch): Batch;
  /**
   * An attempt failed. `undefined`: that is the end. A batch, possibly an empty one: what goes out now, and then another
   * attempt is made. Throws to put another error in its place. What it waits for ends when the reader leaves.
   */
  recover(error: SluiceError, failed: FailedAttempt): Pulled;
  /** The reader left. */
  cancel?(reason: unknown): void;
}

/**
 * One answer out of several attempts. What comes before the first content of an attempt is buffered, and dropped where the
 * attempt fails and another takes its place; so nothing is ever emitted twice. When the last attempt fails, what was buffered goes
 * out before the error, since it may tell what was spent.
 */
export function attempts(plan: AttemptsPlan): BatchSource {
  return new AttemptsSource(plan);
}

class AttemptsSource implements BatchSource {
  readonly #plan: AttemptsPlan;
  #attempt = 0;
  #current: BatchSource | undefined;
  /** What is read in place of the current source, once that was read. */
  #reads: Reads | undefined;
  /** What came before the first content. */
  #buffer: ChatEvent[] = [];
  #delivered = false;
  #stepped = false;
  /** Whether anything went out. */
  #begun = false;
  #finished = false;
  #failure: SluiceError | undefined;
  #left: SluiceError | undefined;
  #leave: ((error: SluiceError) => void) | undefined;

  constructor(plan: AttemptsPlan) {
    this.#plan = plan;
  }

  next(): Pulled {
    for (;;) {
      if (this.#left !== undefined) throw this.#left;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished) return undefined;
      let out: Pulled;
      try {
        out = this.#step();
      } catch (thrown) {
        out = this.#recover(thrown);
      }
      if (out instanceof Promise) return out;
      if (out !== undefined && out.length > 0) return out;
    }
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    const current = this.#delivered && !this.#finished && this.#left === undefined ? this.#current : undefined;
    if (current === undefined) return nextThen(this, taker);
    this.#reads ??= readsOf(current);
    return this.#reads.nextInto(this.#chain.before(taker));
  }

  cancel(reason: unknown): void {
    if (this.#left !== undefined) return;
    this.#left = SluiceError.from(reason, "cancelled");
    this.#plan.cancel?.(reason);
    this.#current?.cancel(reason);
    this.#leave?.(this.#left);
  }

  #step(): Pulled {
    const current = this.#current;
    if (current === undefined) {
      const opening = this.#plan.open(++this.#attempt);
      if (opening instanceof Promise) return this.#unlessLeft(opening, cancelLate).then(this.#onOpen, this.#onFailure);
      this.#begin(opening);
      return undefined;
    }
    const pulled = current.next();
    return pulled instanceof Promise ? pulled.then(this.#onBatch, this.#onFailure) : this.#pass(pulled);
  }

  #begin(source: BatchSource): void {
    this.#current = source;
    this.#reads = undefined;
    this.#buffer = [];
    this.#delivered = false;
    this.#stepped = false;
  }

  // Made once and not at each read.
  readonly #onOpen = (source: BatchSource): Pulled => {
    this.#begin(source);
    return this.next();
  };

  readonly #onBatch = (batch: Batch | undefined): Pulled => {
    if (this.#left !== undefined) throw this.#left;
    let out: Batch;
    try {
      out = this.#pass(batch);
    } catch (thrown) {
      return this.#onFailure(thrown);
    }
    return out.length > 0 ? out : this.next();
  };

  readonly #onFailure = (thrown: unknown): Pulled => {
    if (this.#left !== undefined) throw this.#left;
    const out = this.#recover(thrown);
    return out instanceof Promise || out.length > 0 ? out : this.next();
  };

  readonly #chain = new TakerChain({ batch: this.#onBatch, failure: this.#onFailure });

  /** What goes out of a batch. */
  #pass(batch: Batch | undefined): Batch {
    if (batch === undefined) throw truncated();
    if (this.#delivered && plainText(batch) !== undefined) return batch;
    return this.#passOn(this.#plan.pass?.(batch) ?? batch);
  }

  #passOn(batch: Batch): Batch {
    if (!this.#delivered || batch.some(endsContent)) return this.#sort(batch);
    if (batch[batch.length - 1]?.type === "finish") this.#finished = true;
    return batch;
  }

  #sort(batch: Batch): Batch {
    const out: ChatEvent[] = [];
    for (const event of batch) {
      if (!this.#delivered && isContent(event)) {
        this.#delivered = true;
        for (const earlier of this.#buffer) out.push(earlier);
        this.#buffer = [];
      }
      if (this.#delivered) out.push(event);
      else this.#buffer.push(event);
      if (event.type === "retract") this.#delivered = this.#stepped;
      else if (event.type === "step-finish") this.#stepped = true;
      else if (event.type === "finish") this.#finished = true;
    }
    if (out.length > 0) this.#begun = true;
    return out;
  }

  #recover(thrown: unknown): Batch | Promise<Batch | undefined> {
    const error = SluiceError.from(thrown);
    const failed = {
      attempt: this.#attempt,
      opened: this.#current !== undefined,
      delivered: this.#current !== undefined && this.#delivered,
      stepped: this.#stepped,
    };
    this.#current?.cancel(error);
    this.#current = undefined;
    let out: Pulled;
    try {
      out = this.#plan.recover(error, failed);
    } catch (other) {
      return this.#fail(other);
    }
    if (!(out instanceof Promise)) return out ?? this.#fail(error);
    return this.#unlessLeft(out).then(
      (batch) => {
        const before = batch ?? this.#fail(error);
        return before.length > 0 ? before : this.next();
      },
      (other: unknown) => this.#fail(other),
    );
  }

  /** The end. A stream that has not begun can only begin with its `start`. */
  #fail(thrown: unknown): Batch {
    this.#failure = SluiceError.from(thrown);
    const buffered = this.#buffer;
    this.#buffer = [];
    const mayGoOut = buffered.length > 0 && (this.#begun || buffered[0]?.type === "start");
    if (this.#left === undefined && mayGoOut) return buffered;
    throw this.#left ?? this.#failure;
  }

  #unlessLeft<T>(work: Promise<T>, late?: (value: T, left: SluiceError) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      work.then((value) => {
        if (this.#left === undefined) resolve(value);
        else late?.(value, this.#left);
      }, reject);
    });
  }
}

function cancelLate(source: BatchSource, left: SluiceError): void {
  source.cancel(left);
}

/** What changes whether an attempt has content, or can be taken back. */
function endsContent({ type }: ChatEvent): boolean {
  return type === "retract" || type === "step-finish";
}
