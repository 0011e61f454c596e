import type { ChatEvent } from "./chat-event.js";
import type { SluiceError } from "./error.js";

/** Events that arrived together, usually in one network read. Never empty. */
export type Batch = readonly ChatEvent[];

/** Takes what a source's `next` comes to. Made once and not for each read. */
export interface BatchTaker<T> {
  readonly batch: (batch: Batch | undefined) => T | Promise<T>;
  readonly failure: (thrown: unknown) => T | Promise<T>;
}

/**
 * Where a stream's events come from. Pulled: a source does no work and reads no socket beyond what `next` asked for and
 * one read ahead, which is what carries backpressure upstream.
 */
export interface BatchSource {
  /**
   * The next batch, or `undefined` when the source is exhausted. A batch that is already there is returned without a
   * promise. Not called again while a promise is pending.
   *
   * @throws {SluiceError} when the source fails; what arrived before the failure was returned before.
   */
  next(): Batch | undefined | Promise<Batch | undefined>;
  /**
   * As `next`, its outcome handed on: where it is there, before this returns, and else within the promise that is waited for,
   * so that a source above another one costs no promise of its own. Default: `next`, and a promise behind it.
   */
  nextInto?<T>(taker: BatchTaker<T>): T | Promise<T>;
  /**
   * A source that gives from now on what this one would, and may be read in its place; leaving still goes through this one.
   * Default: there is none, or none yet.
   */
  readonly passesOn?: BatchSource | undefined;
  /** Stops at once and frees the connection. A pending `next` settles at once; its outcome is ignored. */
  cancel(reason: unknown): void;
}

/** The one reader's hold on a stream. */
export interface BatchReader extends BatchSource {
  /** Set once the stream was cancelled: what was read ahead is not handed out any more. */
  cancelled?: SluiceError;
  /** Ends the stream with an error that the reader found; returns it with what had arrived. */
  fail(error: SluiceError): SluiceError;
}
