import type { RetryPolicy } from "../../stream/chat-model.js";
import { type ErrorCode, invalid, type SluiceError } from "../../stream/error.js";

type Policy = Readonly<Required<RetryPolicy>>;

/** The policy where the caller gives none. */
export const DEFAULT_RETRY: Policy = { retries: 2, baseDelayMs: 500, maxDelayMs: 60_000 };

/**
 * The policy of a call: what is given, and the defaults.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function resolveRetry(...given: (RetryPolicy | undefined)[]): Policy {
  const policy = { ...DEFAULT_RETRY };
  for (const one of given) {
    if (one?.retries !== undefined) policy.retries = count("retry.retries", one.retries);
    if (one?.baseDelayMs !== undefined) policy.baseDelayMs = duration("retry.baseDelayMs", one.baseDelayMs);
    if (one?.maxDelayMs !== undefined) policy.maxDelayMs = duration("retry.maxDelayMs", one.maxDelayMs);
  }
  return policy;
}

/**
 * How long to wait before a failed call is made again, in ms; `undefined` when it is not.
 *
 * What the provider asks for counts, unless it is more than the policy allows: then the call fails with the provider's
 * error, whose `retryAfterMs` says when to come back. Otherwise the delay is drawn from 0 to a bound that doubles with
 * each retry ("full jitter"), so that many clients do not come back at the same moment. What ran out of time here is not
 * sent again.
 *
 * @param failed how often the call has failed, this time included.
 * @param random a number from 0 to 1.
 */
export function retryDelay(
  error: SluiceError,
  failed: number,
  policy: Policy,
  random: () => number,
): number | undefined {
  if (!error.retryable || failed > policy.retries || OURS.includes(error.code)) return undefined;
  const asked = error.retryAfterMs;
  if (asked !== undefined) return asked <= policy.maxDelayMs ? asked : undefined;
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failed - 1));
}

/** What ran out of time on our side: the provider has the request, works on it, and would be asked for the same again. */
const OURS: readonly ErrorCode[] = ["first-byte-timeout", "idle-timeout", "total-timeout"];

function count(field: string, value: number): number {
  if (!Number.isInteger(value) || value < 0) throw invalid(field, value, "a whole number of at least 0");
  return value;
}

function duration(field: string, value: number): number {
  if (!(value >= 0)) throw invalid(field, value, "ms of at least 0");
  return value;
}
