import { type Clock, systemClock } from "../base/clock.js";
import { type Check, exactly, positive } from "../stream/checks.js";

/** How slow a client may be before its connection is closed. Times are in ms. */
export interface ConnectionLimits {
  /** From the connection, or the first byte of a further request, to the end of the request's headers. Default 15,000. */
  headersMs: number;
  /** To the end of a request's body, unless its answer has begun. Default 60,000, and more for what is long: see below. */
  bodyMs: number;
  /** So many bytes of a body earn another second. Default 1,024: who sends faster is never cut. */
  bodyBytesPerSecond: number;
  /** How long a connection may stay open on which nothing is asked. Default 120,000. */
  idleMs: number;
  /** How long a client may take nothing of an answer that waits for it. Default 300,000. */
  stallMs: number;
}

/** The limits where nobody sets others. */
const DEFAULT_LIMITS: ConnectionLimits = {
  headersMs: 15_000,
  bodyMs: 60_000,
  bodyBytesPerSecond: 1_024,
  idleMs: 120_000,
  stallMs: 300_000,
};

/** What the limits may hold, for those who have more of them. */
export const CONNECTION_LIMITS = {
  headersMs: positive,
  bodyMs: positive,
  bodyBytesPerSecond: positive,
  idleMs: positive,
  stallMs: positive,
} satisfies Record<keyof ConnectionLimits, Check>;
const LIMITS = exactly("limits", CONNECTION_LIMITS);

/** The longest time between two looks at the connections, in ms: limits are kept to within this. */
const LONGEST_SWEEP_MS = 5_000;

/** A connection that is looked at now and then. */
export interface WatchedConnection {
  /** Closes what is beyond a limit. @param now ms on the clock. */
  check(now: number, limits: ConnectionLimits): void;
}

/**
 * The limits with their defaults.
 *
 * @throws {SluiceError} `invalid-argument` for one that is not there, or no number above 0.
 */
export function resolveLimits(given: Partial<ConnectionLimits> = {}): ConnectionLimits {
  LIMITS(given, "limits");
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(set) };
}

/** Looks at all connections of a server's listeners, by one timer that runs while there are any. */
export class ConnectionSweep {
  readonly limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #connections = new Set<WatchedConnection>();
  readonly #everyMs: number;
  #disarm: (() => void) | undefined;

  constructor(limits: Partial<ConnectionLimits> = {}, clock: Clock = systemClock) {
    this.limits = resolveLimits(limits);
    this.#clock = clock;
    const { headersMs, bodyMs, idleMs, stallMs } = this.limits;
    this.#everyMs = Math.min(LONGEST_SWEEP_MS, Math.max(1, Math.min(headersMs, bodyMs, idleMs, stallMs) / 4));
  }

  /** Ms on the clock that limits are measured with. */
  now(): number {
    return this.#clock.now();
  }

  add(connection: WatchedConnection): void {
    this.#connections.add(connection);
    this.#arm();
  }

  delete(connection: WatchedConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    // A timer would keep the process from ending.
    this.#disarm?.();
    this.#disarm = undefined;
  }

  #arm(): void {
    this.#disarm ??= this.#clock.after(this.#everyMs, () => {
      this.#disarm = undefined;
      const now = this.#clock.now();
      for (const connection of this.#connections) connection.check(now, this.limits);
      if (this.#connections.size > 0) this.#arm();
    });
  }
}
