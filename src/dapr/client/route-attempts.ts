import type { Clock } from "../../base/clock.js";
import { resolveRetry, retryDelay } from "../../models/http/retry.js";
import type { CallOptions, RetryPolicy } from "../../stream/chat-model.js";
import { type ErrorCode, SluiceError } from "../../stream/error.js";
import { isComponentFailure } from "../converse/read-api-error.js";

/** How calls of a sidecar are made again. */
export interface RouteRetry {
  /** The client's; a call's own wins. */
  policy: RetryPolicy | undefined;
  clock: Clock;
  /** From 0 to 1; spreads retries. */
  random: () => number;
}

/**
 * Limits that passed on our side. The model may be at work all the same: it would be asked, and paid, twice.
 */
const TIMED_OUT: readonly ErrorCode[] = ["first-byte-timeout", "idle-timeout", "total-timeout"];

/**
 * The attempts of one call of a sidecar, over all routes to it: only what went wrong on the way is tried again. What the
 * component failed with was answered, and whether that is tried again is what the sidecar's Resiliency resources say.
 */
export class RouteAttempts {
  readonly #retry: RouteRetry;
  readonly #call: CallOptions;
  readonly #policy: Readonly<Required<RetryPolicy>>;
  readonly #began: number;
  #failed = 0;
  #broken: SluiceError | undefined;

  /** @throws {SluiceError} `invalid-argument` for an invalid policy. */
  constructor(retry: RouteRetry, call: CallOptions) {
    this.#retry = retry;
    this.#call = call;
    this.#policy = resolveRetry(retry.policy, call.retry);
    this.#began = retry.clock.now();
  }

  /** The call's options for the next attempt: what is left of its time, and no retries below this one. */
  options(): CallOptions {
    const { timeouts } = this.#call;
    const retry = { retries: 0 };
    if (timeouts?.totalMs === undefined) return { ...this.#call, retry };
    const left = timeouts.totalMs - (this.#retry.clock.now() - this.#began);
    // A limit must be above 0; this one passes at once.
    return { ...this.#call, retry, timeouts: { ...timeouts, totalMs: left > 0 ? left : Number.MIN_VALUE } };
  }

  /** How long to wait before the next attempt, in ms; `undefined` for none. */
  delay(error: SluiceError): number | undefined {
    if (error.code === "truncated") this.#broken ??= error;
    if (isComponentFailure(error) || TIMED_OUT.includes(error.code)) return undefined;
    this.#failed++;
    return retryDelay(error, this.#failed, this.#policy, this.#retry.random);
  }

  /**
   * What the call failed with. A sidecar that broke off and cannot be reached since is not one that was never there: it may
   * have asked the model.
   */
  failure(last: SluiceError): SluiceError {
    const isGone = last.code === "connect-failed" || last.code === "connect-timeout";
    if (this.#broken === undefined || !isGone) return last;
    const message = `the sidecar broke the answer off, and is gone since: ${last.message}`;
    return new SluiceError("truncated", message, { retryable: true, cause: this.#broken });
  }
}
