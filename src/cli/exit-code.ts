import type { ErrorCode, SluiceError } from "../stream/error.js";
import type { EndSignal } from "./io.js";

/** How the command ends. Stable: scripts may rely on it. */
export const EXIT = {
  ok: 0,
  /** The provider or the stream failed. */
  failed: 1,
  /** The command was called wrongly. */
  usage: 2,
  /** A model is unknown or not configured: a key is missing, a server does not run. Or there is nothing of a name. */
  configuration: 3,
  /** It may work later: rate limit, overload, time limit, broken connection. */
  retry: 4,
  /** A run waits for somebody's answer. */
  waiting: 5,
  /** Ctrl-C. */
  interrupted: 130,
  /** `kill`. */
  terminated: 143,
  /** The terminal was closed. */
  hungUp: 129,
} as const;

/** For `--help`. */
export const EXIT_CODES_HELP = `Exit codes:
  0    the answer is complete
  1    the provider refused or failed
  2    wrong usage
  3    unknown model, missing key, no such server; no such conversation, run, template
  4    failed, but may work later (rate limit, overload, timeout, broken connection)
  5    a run of a workflow waits for an answer
  130  interrupted by Ctrl-C; 129 and 143 by the other signals that end a program`;

const CONFIGURATION: readonly ErrorCode[] = [
  "unknown-model",
  "missing-key",
  "authentication",
  "connect-failed",
  "not-found",
];
/** Whose `retryable` says whether the caller's own time is over, not whether it may work with more of it. */
const TIMEOUTS: readonly ErrorCode[] = ["connect-timeout", "first-byte-timeout", "idle-timeout", "total-timeout"];
const USAGE: readonly ErrorCode[] = ["invalid-argument", "invalid-request", "unsupported"];

/** The exit code of a program that a signal ends: 128 and its number. */
export function exitCodeOfSignal(signal: EndSignal): number {
  return { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp }[signal];
}

/** The exit code for an error. */
export function exitCodeOf(error: SluiceError): number {
  if (error.code === "cancelled") return EXIT.interrupted;
  if (USAGE.includes(error.code)) return EXIT.usage;
  if (CONFIGURATION.includes(error.code)) return EXIT.configuration;
  return error.retryable || TIMEOUTS.includes(error.code) ? EXIT.retry : EXIT.failed;
}
