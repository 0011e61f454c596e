import { type Clock, wait } from "../../base/clock.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent, Emit } from "../../stream/chat-event.js";
import type { RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { Deadlines } from "../http/deadlines.js";
import { retryDelay } from "../http/retry.js";
import type { BatchedReader } from "./batched-reader.js";

/** Everything that one call needs. */
export interface PartCall<Part> {
  /** As people name the model; errors carry it. */
  id: string;
  /** Makes the connection, where that is a phase of its own: the limit `connect` applies to it. */
  connect?(): Promise<void>;
  /** Calls the model. The signal is aborted when the reader leaves or a limit is passed. */
  open(signal: AbortSignal): Promise<OpenedAnswer<Part>>;
  /** What was thrown, in our terms. */
  readError(thrown: unknown): SluiceError;
  timeouts: Readonly<Required<Timeouts>>;
  retry: Readonly<Required<RetryPolicy>>;
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
}

/** An answer that has begun. */
export interface OpenedAnswer<Part> {
  parts: BatchedReader<Part>;
  reader: PartReader<Part>;
}

/** Turns the parts of an answer into events. One for each answer. */
export interface PartReader<Part> {
  /** Whether `finish` has been emitted. */
  readonly finished: boolean;
  /** @throws {SluiceError} the error that a part says; `malformed-frame` for a part that cannot be read. */
  push(part: Part, emit: Emit): void;
}

/**
 * The events of a call whose answer is a stream of parts, and not of bytes: an AI SDK model's, a gRPC method's. The parts
 * that are there together are one batch. Until there is content the call is made again where that may help.
 */
export class PartSource<Part> implements BatchSource {
  readonly #call: PartCall<Part>;
  #deadlines: Deadlines | undefined;
  /** Of the attempt that is being made or read, or of the pause before the next. */
  #abort = new AbortController();
  #answer: OpenedAnswer<Part> | undefined;
  #opened = false;
  /** Events that were not handed out yet. */
  #out: ChatEvent[] = [];
  /** Thrown once the events before it have been handed out. */
  #failure: SluiceError | undefined;
  /** Set when no further attempt may follow: the reader left, or the total limit is over. */
  #stopped: SluiceError | undefined;
  /** Ends whatever is waited for. */
  #interrupt: ((error: SluiceError) => void) | undefined;

  constructor(call: PartCall<Part>) {
    this.#call = call;
  }

  next(): Promise<Batch | undefined> {
    if (this.#opened) return this.#pull();
    this.#opened = true;
    return this.#open();
  }

  cancel(reason: unknown): void {
    this.#stopped ??= SluiceError.from(reason, "cancelled");
    this.#deadlines?.stop();
    this.#leave(this.#stopped);
  }

  /** The first events, of the first attempt that has content or of the last. */
  async #open(): Promise<Batch | undefined> {
    const { retry, random, timeouts, clock } = this.#call;
    this.#deadlines = new Deadlines(timeouts, clock, (error) => this.#expire(error));
    for (let attempt = 1; ; attempt++) {
      await this.#attempt(this.#deadlines);
      const failure = this.#failure;
      if (failure === undefined || this.#stopped !== undefined || this.#hasContent()) break;
      const delay = retryDelay(failure, attempt, retry, random);
      if (delay === undefined || !(await this.#pause(delay, this.#deadlines))) break;
    }
    return this.#pull();
  }

  async #attempt(deadlines: Deadlines): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      if (this.#call.connect !== undefined) await this.#connect(this.#call.connect(), deadlines);
      deadlines.connected();
      const opening = this.#call.open(abort.signal);
      // A model that does not listen to its signal may answer when nobody waits any more.
      opening.then(
        ({ parts }) => abort.signal.aborted && parts.cancel(abort.signal.reason),
        () => {},
      );
      const answer = await this.#unlessInterrupted(opening);
      this.#answer = answer;
      while (this.#failure === undefined && !answer.reader.finished && !this.#hasContent()) await this.#read(answer);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #connect(connecting: Promise<void>, deadlines: Deadlines): Promise<void> {
    deadlines.connecting();
    await this.#unlessInterrupted(connecting);
  }

  /** Waits before the next attempt; false when there will be none. */
  async #pause(ms: number, deadlines: Deadlines): Promise<boolean> {
    const failure = this.#failure;
    this.#abort = new AbortController();
    deadlines.pause();
    try {
      await this.#unlessInterrupted(wait(ms, this.#call.clock, this.#abort.signal));
    } catch (thrown) {
      const stopped = this.#named(thrown);
      this.#failure = failure === undefined ? stopped : stopped.with({ cause: stopped.cause ?? failure });
      return false;
    }
    this.#failure = undefined;
    this.#answer = undefined;
    this.#out = [];
    return true;
  }

  async #pull(): Promise<Batch | undefined> {
    while (this.#out.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#answer === undefined || this.#answer.reader.finished) return undefined;
      await this.#read(this.#answer);
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Takes the next parts. */
  async #read(answer: OpenedAnswer<Part>): Promise<void> {
    try {
      this.#deadlines?.waiting();
      const parts = await this.#unlessInterrupted(answer.parts.read());
      this.#deadlines?.arrived();
      if (parts === undefined) {
        throw new SluiceError("truncated", "the model's stream ended without a finish", { retryable: true });
      }
      for (const part of parts) answer.reader.push(part, this.#emit);
      if (answer.reader.finished) this.#finish(answer);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  readonly #emit = (event: ChatEvent): void => {
    this.#out.push(event);
  };

  /** Whether something was emitted that must not be emitted twice. */
  #hasContent(): boolean {
    return this.#out.some(({ type }) => type !== "start" && type !== "usage" && type !== "context");
  }

  /** The answer is complete: what follows it is dropped. */
  #finish({ parts }: OpenedAnswer<Part>): void {
    this.#deadlines?.stop();
    parts.cancel(new Error("the answer is complete"));
  }

  #fail(thrown: unknown): void {
    const failure = this.#named(thrown);
    this.#failure = failure;
    if (this.#stopped !== undefined || this.#hasContent()) this.#deadlines?.stop();
    this.#leave(failure);
  }

  #expire(error: SluiceError): void {
    if (error.code === "total-timeout") this.#stopped = error;
    this.#leave(error);
  }

  /** Closes what is behind this attempt and ends whatever is waited for. */
  #leave(error: SluiceError): void {
    this.#abort.abort(abortReason(error));
    this.#answer?.parts.cancel(error);
    this.#interrupt?.(error);
  }

  /** What is waited for, unless the reader leaves or a limit is passed before. */
  #unlessInterrupted<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      if (this.#stopped !== undefined) reject(this.#stopped);
      work.then(resolve, reject);
    });
  }

  #named(thrown: unknown): SluiceError {
    const error = this.#stopped ?? this.#call.readError(thrown);
    return error.model === undefined ? error.with({ model: this.#call.id }) : error;
  }
}

/** Providers look at the name of a signal's reason: to all of them an `AbortError` means that the caller left. */
function abortReason(error: SluiceError): unknown {
  if (error.code !== "cancelled") return error;
  return new DOMException(error.message, "AbortError");
}
