import type { Clock } from "../../base/clock.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ErrorCode } from "../../stream/error.js";
import { type BreakerState, CircuitBreaker } from "./circuit-breaker.js";
import type { ConcurrencyLimit } from "./concurrency-limit.js";
import type { SourceEnd } from "./watched-source.js";

/** How one of a route's targets is doing, for a dashboard. */
export interface RouteTargetState {
  /** The id of its model. */
  target: string;
  /** Its share, compared with that of the others. */
  weight: number;
  /** `off` where the route has no circuit breakers. */
  breaker: BreakerState | "off";
  /** Calls of this route that are under way. */
  running: number;
  /** Calls that wait for a place, of all who share its limit. */
  waiting: number;
  /** Calls that were made, and those of them that finished or failed; the others are under way, were left, or lost. */
  asked: number;
  /** Calls that were answered to the end. */
  finished: number;
  /** Calls that failed. */
  failed: number;
  /** Why the last call that failed did. */
  lastError?: ErrorCode;
}

/** When a target's circuit breaker opens. */
export interface RouteBreaker {
  /** Failures in a row. Default 5. */
  failures?: number;
  /** How long it then lets nothing through, in ms; after that one call may try. Default 30,000. */
  openMs?: number;
}

/** What a target is made of. */
export interface TargetSettings {
  weight: number;
  limit: ConcurrencyLimit | undefined;
  breaker: CircuitBreaker | undefined;
  /** Default: none yet. */
  counts?: TargetCounts;
}

interface TargetCounts {
  running: number;
  asked: number;
  finished: number;
  failed: number;
  lastError: ErrorCode | undefined;
}

function noCounts(): TargetCounts {
  return { running: 0, asked: 0, finished: 0, failed: 0, lastError: undefined };
}

/** The circuit breaker of one target. */
export function routeBreaker({ failures = 5, openMs = 30_000 }: RouteBreaker, clock: Clock): CircuitBreaker {
  const trip = (counts: { consecutiveFailures: number }) => counts.consecutiveFailures >= failures;
  return new CircuitBreaker({ maxRequests: 1, intervalMs: 0, timeoutMs: openMs, trip }, clock);
}

/** What the provider, or the way to it, did wrong: it counts against a target. Other errors are the request's. */
const PROVIDERS_FAULT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "missing-key",
  "connect-failed",
  "connect-timeout",
  "first-byte-timeout",
  "idle-timeout",
  "total-timeout",
  "authentication",
  "permission",
  "not-found",
  "rate-limited",
  "quota",
  "overloaded",
  "provider-error",
  "truncated",
  "malformed-frame",
  "frame-too-large",
]);

/** One model of a route, and what all calls of it share. */
export class RouteTarget {
  readonly model: ChatModel;
  readonly weight: number;
  readonly limit: ConcurrencyLimit | undefined;
  readonly #breaker: CircuitBreaker | undefined;
  readonly #counts: TargetCounts;

  constructor(model: ChatModel, { weight, limit, breaker, counts = noCounts() }: TargetSettings) {
    this.model = model;
    this.weight = weight;
    this.limit = limit;
    this.#breaker = breaker;
    this.#counts = counts;
  }

  /** The same target with another model in the place of its own: breaker, limit and counts are shared. */
  withModel(model: ChatModel): RouteTarget {
    const { weight, limit } = this;
    return new RouteTarget(model, { weight, limit, breaker: this.#breaker, counts: this.#counts });
  }

  /** Calls of this route that are under way. */
  get running(): number {
    return this.#counts.running;
  }

  /** Whether its circuit breaker lets nothing through. */
  get open(): boolean {
    return this.#breaker?.state === "open";
  }

  /** Whether a call would have to wait. */
  get full(): boolean {
    return this.limit?.full ?? false;
  }

  get state(): RouteTargetState {
    const { running, asked, finished, failed, lastError } = this.#counts;
    return {
      target: this.model.id,
      weight: this.weight,
      breaker: this.#breaker?.state ?? "off",
      running,
      waiting: this.limit?.waiting ?? 0,
      asked,
      finished,
      failed,
      ...(lastError !== undefined && { lastError }),
    };
  }

  /**
   * Begins a call; returns how to say, once, what became of it.
   *
   * @throws {SluiceError} `overloaded` where the circuit breaker lets nothing through.
   */
  begin(): (end: SourceEnd) => void {
    const book = this.#breaker?.enter();
    const counts = this.#counts;
    counts.asked++;
    counts.running++;
    return (end) => {
      counts.running--;
      if (end.type === "left") {
        book?.("abandoned");
        return;
      }
      if (end.type === "finished") counts.finished++;
      else {
        counts.failed++;
        counts.lastError = end.error.code;
      }
      book?.(end.type === "failed" && PROVIDERS_FAULT.has(end.error.code) ? "failure" : "success");
    };
  }
}
