import { onAbort } from "../base/on-abort.js";
import type { Batch, BatchReader, BatchSource, BatchTaker } from "./batch-source.js";
import type { ChatEvent, FinishReason } from "./chat-event.js";
import { SluiceError } from "./error.js";
import { EventLaws } from "./event-laws.js";
import { plainText } from "./plain-text.js";
import { nextThen, type Reads, readInto, readsOf, TakerChain } from "./read-into.js";
import { ReadQueue } from "./read-queue.js";
import { StreamTiming } from "./timing.js";
import { Transcript } from "./transcript.js";
import type { Usage } from "./usage.js";
import { WholeCharacters } from "./whole-characters.js";

type Outcome = { type: "open" } | { type: "finished"; reason: FinishReason } | { type: "failed"; error: SluiceError };

interface Waiter {
  promise: Promise<void>;
  settle: () => void;
}

/**
 * The one reading of a stream's source. It sees to it that there is a single reader, checks what passes against the laws, adds it to
 * the transcript, and knows how the stream ended.
 */
export class StreamReading implements BatchReader {
  readonly transcript: Transcript;
  readonly timing = new StreamTiming();
  cancelled?: SluiceError;
  readonly #source: BatchSource;
  /** What is read in place of the source, once that was read. */
  #reads: Reads | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #characters = new WholeCharacters();
  readonly #laws = new EventLaws();
  readonly #queue = new ReadQueue();
  /** What reads it: the end of the sentence in which a second reader is refused. */
  #reader: string | undefined;
  #waitingSince = 0;
  #begun = false;
  /** Whether another stream books what passes. */
  #handedOver = false;
  #outcome: Outcome = { type: "open" };
  #over: Waiter | undefined;
  /** Stops listening to the signal. */
  #callOff: (() => void) | undefined;

  constructor(source: BatchSource, { signal, retain }: { signal: AbortSignal | undefined; retain: boolean }) {
    this.#source = source;
    this.#signal = signal;
    this.transcript = new Transcript(retain);
  }

  /** Makes the caller the one reader. @throws {SluiceError} `stream-locked` where there is one. */
  claim(by: string): BatchReader {
    if (this.#reader !== undefined) throw locked(`${this.#reader}: use tee() to read it twice`);
    this.#reader = by;
    return this;
  }

  /** The source itself, for a stream that is made of this one and books what passes. */
  handOver(): BatchSource {
    // Where somebody waits for this stream's end, or it listens to a signal, it has to see what passes.
    if (this.#over !== undefined || this.#signal !== undefined) return this.claim("its batches are being read");
    this.claim("another stream is made of it");
    this.#handedOver = true;
    return this.#source;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    return this.#queue.busy ? this.#queue.after(() => this.#next()) : this.#next();
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    if (this.#queue.busy) return this.#queue.after(() => this.#next()).then(taker.batch, taker.failure);
    if (this.#outcome.type !== "open" || !this.#begun) return nextThen({ next: () => this.#next() }, taker);
    this.#reads ??= readsOf(this.#source);
    return this.#waits(this.#reads.nextInto(this.#chain.before(taker)));
  }

  /** The reader leaves. */
  cancel(reason: unknown): void {
    this.#stopListening();
    if (this.#outcome.type === "open") this.stop(reason);
  }

  /** Ends the stream, whoever asks. A reader of one that has arrived whole is stopped, and the promises still resolve. */
  stop(reason: unknown): void {
    if (this.#outcome.type === "failed") return;
    const error = new SluiceError("cancelled", "the stream was cancelled", { cause: reason });
    const arrived = this.#outcome.type === "finished";
    this.cancelled = arrived ? error.with({ partial: this.transcript.partial }) : this.fail(error);
  }

  /** Fails from the reader's side, unless the stream is over. */
  fail(error: SluiceError): SluiceError {
    return this.#outcome.type === "finished" ? error : this.#fail(error);
  }

  /** A value of the finished stream. Reads it to the end if nobody else does. */
  whenFinished<T>(value: (reason: FinishReason) => T): Promise<T> {
    const result = this.#whenOver().then(() => {
      if (this.#outcome.type !== "finished") throw this.#failure();
      return value(this.#outcome.reason);
    });
    return quiet(result);
  }

  /** The usage, of a stream that was left early too. Reads it to the end if nobody else does. */
  get usage(): Promise<Usage> {
    const usage = this.#whenOver().then(() => {
      const outcome = this.#outcome;
      if (outcome.type === "failed" && outcome.error.code !== "cancelled") throw outcome.error;
      return this.transcript.usage;
    });
    return quiet(usage);
  }

  #next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#outcome.type === "finished") {
      this.#stopListening();
      return undefined;
    }
    if (this.#outcome.type === "failed") throw this.#outcome.error;
    if (!this.#begun) this.#begin();
    return this.#waits(readInto(this.#source, this.#taker));
  }

  #waits<T>(read: T | Promise<T>): T | Promise<T> {
    if (!(read instanceof Promise)) return read;
    this.#waitingSince = performance.now();
    return this.#queue.waits(read);
  }

  // Made once and not at each read.
  readonly #taker: BatchTaker<Batch | undefined> = {
    batch: (batch) => {
      this.#settled();
      return this.#accept(batch);
    },
    failure: (thrown) => {
      this.#queue.settled();
      throw this.#fail(thrown);
    },
  };
  readonly #chain = new TakerChain(this.#taker);

  #settled(): void {
    if (!this.#queue.waiting) return;
    this.#queue.settled();
    this.timing.waited(this.#waitingSince);
  }

  #begin(): void {
    this.#begun = true;
    this.timing.begin();
    const signal = this.#signal;
    if (signal === undefined) return;
    if (signal.aborted) {
      this.stop(signal.reason);
      throw this.#failure();
    }
    this.#callOff = onAbort(signal, () => this.stop(signal.reason));
  }

  /** Books what came in, and holds the source to the laws. */
  #accept(batch: Batch | undefined): Batch | undefined {
    if (this.#outcome.type === "failed") throw this.#outcome.error;
    if (batch === undefined) {
      throw this.#fail(new SluiceError("truncated", "the stream ended without a finish", { retryable: true }));
    }
    if (!this.#laws.started) this.#expectStart(batch);
    const plain = this.#characters.waiting ? undefined : plainText(batch);
    if (plain !== undefined) {
      this.transcript.pushText(plain);
      this.timing.passed(batch.length);
      return batch;
    }
    return this.#bookAll(this.#characters.complete(batch));
  }

  #bookAll(batch: Batch): Batch {
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as ChatEvent;
      this.#book(event);
      if (event.type === "finish") {
        this.#end({ type: "finished", reason: event.reason });
        return i === batch.length - 1 ? batch : batch.slice(0, i + 1);
      }
    }
    return batch;
  }

  #expectStart(batch: Batch): void {
    const first = batch[0]?.type;
    if (first !== "start") {
      throw this.fail(new SluiceError("protocol", `a stream begins with start, not with ${first ?? "an empty batch"}`));
    }
  }

  /** A source that is not ours may give anything: what cannot be booked ends the stream. */
  #book(event: ChatEvent): void {
    try {
      this.#laws.check(event);
      this.transcript.push(event);
      this.timing.event(event);
    } catch (thrown) {
      throw this.#fail(SluiceError.from(thrown, "protocol"));
    }
  }

  /** The upstream is cancelled in any case: a stage or a guard may have failed in the middle of an answer. */
  #fail(thrown: unknown): SluiceError {
    if (this.#outcome.type === "failed") return this.#outcome.error;
    const error = SluiceError.from(thrown).with({ partial: this.transcript.partial });
    this.#end({ type: "failed", error });
    this.#source.cancel(error);
    return error;
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.timing.finish();
    // A finished stream listens until its reader has seen the end.
    if (outcome.type === "failed") this.#stopListening();
    this.#over?.settle();
  }

  #stopListening(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #failure(): SluiceError {
    return this.#outcome.type === "failed"
      ? this.#outcome.error
      : new SluiceError("protocol", "the stream did not fail");
  }

  /** Settles when the stream is over; reads it to the end if nobody has begun to by the next microtask. */
  #whenOver(): Promise<void> {
    if (this.#outcome.type !== "open") return Promise.resolve();
    if (this.#handedOver) return Promise.reject(locked("another stream is made of it: ask that one"));
    if (this.#over === undefined) {
      let settle = () => {};
      const promise = new Promise<void>((resolve) => {
        settle = resolve;
      });
      this.#over = { promise, settle };
    }
    // A reader that comes in the same turn goes first.
    queueMicrotask(() => {
      if (this.#reader === undefined) void drain(this.claim("it is being read to its end"));
    });
    return this.#over.promise;
  }
}

function locked(why: string): SluiceError {
  return new SluiceError("stream-locked", `a stream has one reader, and ${why}`);
}

/** A failure has been booked in the stream when this ends: whoever asks for a promise gets it. */
async function drain(source: BatchSource): Promise<void> {
  try {
    while ((await source.next()) !== undefined);
  } catch {
    // The stream's promises carry the error.
  }
}

/** A promise that may be left unread without an unhandled rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
