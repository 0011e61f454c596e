import type { Clock } from "../../base/clock.js";
import type { Environment } from "../../models/provider.js";
import type { Sink } from "./prefixed-log.js";

/** What running apps has of the world. */
export interface RunWorld {
  env: Environment;
  clock: Clock;
  /** Messages, and what apps write to their standard output. */
  stdout: Sink;
  /** What sidecars log, and what apps write to their standard error. */
  stderr: Sink;
  /** Whether somebody watches: then open lines are shown as they grow. */
  live: boolean;
  /** Whether the app may read this process's standard input; only where there is one app. */
  stdin: boolean;
  /** Is aborted, with the signal as its reason, when all is to end. */
  termination: AbortSignal;
  /** Is aborted when nobody wants to wait for that any longer. */
  kill: AbortSignal;
}

/** The signal that asked for the end; `undefined` while nothing has. */
export function terminationSignal({ termination }: RunWorld): NodeJS.Signals | undefined {
  if (!termination.aborted) return undefined;
  return termination.reason === "SIGINT" || termination.reason === "SIGHUP" ? termination.reason : "SIGTERM";
}
