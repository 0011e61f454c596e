import type { CallOptions } from "./chat-model.js";
import {
  boolean,
  type Check,
  callable,
  exactly,
  type Fields,
  having,
  milliseconds,
  signal,
  string,
  stringRecord,
  waitMs,
  wholeNumber,
} from "./checks.js";

/** Limits on the phases of a call. */
export const TIMEOUTS: Check = exactly("timeouts", {
  connectMs: milliseconds,
  firstByteMs: milliseconds,
  idleMs: milliseconds,
  totalMs: milliseconds,
});

/** When a failed call is made again. */
export const RETRY: Check = exactly("retry", {
  retries: wholeNumber(0),
  baseDelayMs: waitMs,
  maxDelayMs: waitMs,
});

/** The fields of `CallOptions`. */
export const CALL_OPTIONS = {
  context: exactly("context", {
    runId: string,
    sessionId: string,
    caller: string,
    trace: string,
    callPath: string,
    budget: having("a shared budget", "spend"),
    onRoute: callable,
  }),
  signal,
  timeouts: TIMEOUTS,
  retry: RETRY,
  headers: stringRecord,
  onWire: callable,
  streaming: boolean,
  retain: boolean,
} satisfies Record<keyof CallOptions, Check> & Fields;

const CALL = exactly("a call", CALL_OPTIONS);

/**
 * Refuses unknown options of a call, and values of the wrong kind.
 *
 * @throws {SluiceError} `invalid-argument` with the option, what was found, what is allowed, and the nearest name.
 */
export function checkCallOptions(options: CallOptions | undefined): void {
  if (options !== undefined) CALL(options, "");
}
