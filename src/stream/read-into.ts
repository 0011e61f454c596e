import type { Batch, BatchSource, BatchTaker } from "./batch-source.js";

/** Reads a source once, and hands on what came of it: see `BatchSource.nextInto`. */
export function readInto<T>(source: BatchSource, taker: BatchTaker<T>): T | Promise<T> {
  return source.nextInto === undefined ? nextThen(source, taker) : source.nextInto(taker);
}

/** What hands on what it reads. */
export type Reads = Required<Pick<BatchSource, "nextInto">>;

/**
 * What to read in place of a source that has been read before: the source itself, or the one that it only passes on. Asked once
 * and not at each read.
 */
export function readsOf(source: BatchSource): Reads {
  let direct = source;
  while (direct.passesOn !== undefined) direct = direct.passesOn;
  return direct.nextInto === undefined ? { nextInto: (taker) => nextThen(direct, taker) } : (direct as Reads);
}

/** A read by `next`, with a promise behind that of the source. */
export function nextThen<T>(source: Pick<BatchSource, "next">, taker: BatchTaker<T>): T | Promise<T> {
  let pulled: ReturnType<BatchSource["next"]>;
  try {
    pulled = source.next();
  } catch (thrown) {
    return taker.failure(thrown);
  }
  return pulled instanceof Promise ? pulled.then(taker.batch, taker.failure) : taker.batch(pulled);
}

/** What a source makes of the batches below it, for whoever reads it. */
type Made = BatchTaker<Batch | undefined>;

/** The functions of a source, and behind them those of its reader. */
export class TakerChain {
  readonly #own: Made;
  #reader: BatchTaker<unknown> | undefined;
  #chained: BatchTaker<unknown> | undefined;

  constructor(own: Made) {
    this.#own = own;
  }

  /** Made anew for another reader, which a source seldom has. */
  before<T>(reader: BatchTaker<T>): BatchTaker<T> {
    if (this.#reader !== reader || this.#chained === undefined) {
      this.#reader = reader;
      this.#chained = inTurn(this.#own, reader);
    }
    return this.#chained as BatchTaker<T>;
  }
}

function inTurn<T>(own: Made, reader: BatchTaker<T>): BatchTaker<T> {
  const { batch: take, failure: fail } = own;
  const { batch: hand, failure: handFailure } = reader;
  return {
    batch(batch) {
      let made: ReturnType<Made["batch"]>;
      try {
        made = take(batch);
      } catch (thrown) {
        return handFailure(thrown);
      }
      // Most batches are passed on as they are, which is told sooner than that it is no promise.
      if (made === batch) return hand(batch);
      return made instanceof Promise ? made.then(hand, handFailure) : hand(made);
    },
    failure(thrown) {
      let made: ReturnType<Made["failure"]>;
      try {
        made = fail(thrown);
      } catch (other) {
        return handFailure(other);
      }
      return made instanceof Promise ? made.then(hand, handFailure) : hand(made);
    },
  };
}
