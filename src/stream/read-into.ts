import type { Batch, BatchSource, BatchTaker } from "./batch-source.js";

/** Reads a source once, and hands on what came of it: see `BatchSource.nextInto`. */
export function readInto<T>(source: BatchSource, taker: BatchTaker<T>): T | Promise<T> {
  return source.nextInto === undefined ? nextThen(source, taker) : source.nextInto(taker);
}

/** The same by `next`, with a promise behind that of the source. */
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
  const hand = (made: ReturnType<Made["batch"]>): T | Promise<T> =>
    made instanceof Promise ? made.then(reader.batch, reader.failure) : reader.batch(made);
  return {
    batch(batch) {
      let made: ReturnType<Made["batch"]>;
      try {
        made = own.batch(batch);
      } catch (thrown) {
        return reader.failure(thrown);
      }
      return hand(made);
    },
    failure(thrown) {
      let made: ReturnType<Made["failure"]>;
      try {
        made = own.failure(thrown);
      } catch (other) {
        return reader.failure(other);
      }
      return hand(made);
    },
  };
}
