import { type Clock, wait } from "../../base/clock.js";
import { LazyAbort } from "../../base/lazy-abort.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { type AttemptsPlan, attempts, type FailedAttempt } from "../../stream/sources/attempts.js";
import { Deadlines } from "../http/deadlines.js";
import { retryDelay } from "../http/retry.js";
import { type OpenedAnswer, PartAnswer } from "./part-answer.js";

/** Everything that one call needs. */
export interface PartCall<Part> {
  /** As people name the model; errors carry it. */
  id: string;
  /** Makes the connection, where that is a phase of its own: the limit `connectMs` applies to it. */
  connect?(): Promise<void>;
  /**
   * Calls the model.
   *
   * @param signal is aborted when the reader leaves or a limit is passed.
   * @param leftMs what is left of the total limit, for those who pass it on; `Infinity` without one.
   */
  open(signal: AbortSignal, leftMs: number): Promise<OpenedAnswer<Part>>;
  /** What was thrown, in our terms. */
  readError(thrown: unknown): SluiceError;
  timeouts: Readonly<Required<Timeouts>>;
  retry: Readonly<Required<RetryPolicy>>;
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
}

/**
 * The events of a call whose answer is a stream of parts, and not of bytes: an AI SDK model's, a gRPC method's. Until there is
 * content the call is made again where that may help.
 */
export function partSource<Part>(call: PartCall<Part>): BatchSource {
  return attempts(new PartAttempts(call));
}

class PartAttempts<Part> implements AttemptsPlan {
  readonly #call: PartCall<Part>;
  #deadlines: Deadlines | undefined;
  /** Of the attempt that is being made or read, or of the pause before the next. */
  #abort = new LazyAbort();
  /** Set when no further attempt may follow: the reader left, or the total limit is over. */
  #stopped: SluiceError | undefined;

  constructor(call: PartCall<Part>) {
    this.#call = call;
  }

  async open(): Promise<BatchSource> {
    const { timeouts, clock } = this.#call;
    this.#deadlines ??= new Deadlines(timeouts, clock, (error) => this.#expire(error));
    const abort = new LazyAbort();
    this.#abort = abort;
    try {
      const answer = await this.#begin(abort, this.#deadlines);
      return new PartAnswer(answer, { deadlines: this.#deadlines, abort, readError: (thrown) => this.#named(thrown) });
    } catch (thrown) {
      throw this.#named(thrown);
    }
  }

  async #begin(abort: LazyAbort, deadlines: Deadlines): Promise<OpenedAnswer<Part>> {
    const connecting = this.#call.connect?.();
    if (connecting !== undefined) {
      deadlines.connecting();
      await abort.race(connecting);
    }
    deadlines.connected();
    const opening = this.#call.open(abort.signal, deadlines.leftMs);
    // A model that does not listen to its signal may answer when nobody waits any more.
    opening.then(
      ({ parts }) => abort.aborted && parts.cancel(abort.reason),
      () => {},
    );
    return abort.race(opening);
  }

  recover(failure: SluiceError, { attempt, delivered }: FailedAttempt): Promise<Batch> {
    const { retry, random } = this.#call;
    this.#abort.abort(abortReason(failure));
    const mayRepeat = this.#stopped === undefined && !delivered;
    const delay = mayRepeat ? retryDelay(failure, attempt, retry, random) : undefined;
    if (delay !== undefined) return this.#pause(delay, failure);
    this.#deadlines?.stop();
    throw failure;
  }

  cancel(reason: unknown): void {
    this.#stopped ??= SluiceError.from(reason, "cancelled");
    this.#deadlines?.stop();
    this.#abort.abort(abortReason(this.#stopped));
  }

  /** Waits before the next attempt. */
  async #pause(ms: number, failure: SluiceError): Promise<Batch> {
    this.#abort = new LazyAbort();
    this.#deadlines?.pause();
    try {
      await wait(ms, this.#call.clock, this.#abort.signal);
    } catch (thrown) {
      const stopped = this.#named(thrown);
      throw stopped.with({ cause: stopped.cause ?? failure });
    }
    return [];
  }

  /** A limit is passed. */
  #expire(error: SluiceError): void {
    if (error.code === "total-timeout") this.#stopped = error;
    this.#abort.abort(abortReason(error));
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
