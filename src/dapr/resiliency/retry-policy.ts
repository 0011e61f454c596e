import type { ErrorCode, SluiceError } from "../../stream/error.js";

/** How failed calls are made again. */
export interface ComponentRetry {
  policy: "constant" | "exponential";
  /** The delay of the constant policy, in ms. */
  durationMs: number;
  /** The longest delay of the exponential policy, in ms. */
  maxIntervalMs: number;
  /** -1 for no limit. */
  maxRetries: number;
  /** HTTP statuses that are tried again; empty for all. An error without a status always is. */
  statusCodes: readonly (readonly [from: number, to: number])[];
}

/** Of the exponential policy, as Dapr's library has them (cenkalti/backoff). */
const INITIAL_INTERVAL_MS = 500;
const MULTIPLIER = 1.5;
const RANDOMIZATION = 0.5;
const MAX_ELAPSED_MS = 15 * 60_000;

/** Errors that any attempt would repeat, or that the caller caused. */
const FINAL: readonly ErrorCode[] = [
  "invalid-argument",
  "invalid-request",
  "unsupported",
  "missing-key",
  "authentication",
  "permission",
  "not-found",
  "rejected",
  "context-length",
  "quota",
  "blocked",
  "guard-failed",
  "cancelled",
  "retracted",
  "stream-locked",
  "protocol",
];

/** Statuses of 400 to 499 after which the same request may succeed (RFC 9110, 15.5; RFC 8470, 5.2; RFC 6585, 4). */
const PASSING = [408, 409, 425, 429];

/** Whether an error is one to try again after. */
export function isRetried({ code, status }: SluiceError, { statusCodes }: ComponentRetry): boolean {
  if (FINAL.includes(code)) return false;
  if (status !== undefined && status >= 400 && status <= 499 && !PASSING.includes(status)) return false;
  if (status === undefined || statusCodes.length === 0) return true;
  return statusCodes.some(([from, to]) => from <= status && status <= to);
}

/**
 * The delays between one call's attempts, in ms; `undefined` when there are no more. It draws the next one from `random`
 * (0 to 1) where the policy spreads them.
 */
export class RetryDelays {
  readonly #retry: ComponentRetry;
  readonly #random: () => number;
  #retries = 0;
  #interval = INITIAL_INTERVAL_MS;

  constructor(retry: ComponentRetry, random: () => number) {
    this.#retry = retry;
    this.#random = random;
  }

  /** @param elapsedMs since the first attempt began. */
  next(elapsedMs: number): number | undefined {
    const { policy, durationMs, maxIntervalMs, maxRetries } = this.#retry;
    if (maxRetries >= 0 && this.#retries >= maxRetries) return undefined;
    this.#retries++;
    if (policy === "constant") return durationMs;
    const spread = this.#interval * RANDOMIZATION;
    const delay = this.#interval - spread + this.#random() * 2 * spread;
    this.#interval = Math.min(this.#interval * MULTIPLIER, maxIntervalMs);
    return elapsedMs + delay > MAX_ELAPSED_MS ? undefined : delay;
  }
}
