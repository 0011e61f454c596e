import type { Clock } from "../../base/clock.js";
import { SluiceError } from "../../stream/error.js";

/** What happened since a circuit breaker last changed its state or cleared its counts. */
export interface BreakerCounts {
  requests: number;
  totalSuccesses: number;
  totalFailures: number;
  consecutiveSuccesses: number;
  consecutiveFailures: number;
}

/** Settings of a circuit breaker. */
export interface BreakerPolicy {
  /** How many requests a half-open breaker lets through; as many successes close it. Default 1. */
  maxRequests: number;
  /** How often a closed breaker clears its counts, in ms; 0 for never. */
  intervalMs: number;
  /** How long it stays open, in ms. */
  timeoutMs: number;
  /** Whether a closed breaker opens after a failure. */
  trip: (counts: BreakerCounts) => boolean;
}

/** The state of a circuit breaker. */
export type BreakerState = "closed" | "half-open" | "open";

/** How a request that was let through ended: only the provider's failures count against it. */
export type Outcome = "success" | "failure" | "abandoned";

/**
 * A circuit breaker as Dapr's is (sony/gobreaker): closed it counts, open it refuses, and after a while it is half open
 * and lets a few requests through to see. One serves all calls of a component, or of a route's target.
 */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  #state: BreakerState = "closed";
  #counts = noCounts();
  /** When a closed breaker clears its counts, or an open one becomes half open. */
  #expiry: number;
  #generation = 0;

  constructor(policy: BreakerPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
    this.#expiry = this.#expiryOf("closed");
  }

  /** The state now. */
  get state(): BreakerState {
    this.#tick();
    return this.#state;
  }

  /**
   * Asks to let one request through. Returns how to say, once, what became of it.
   *
   * @throws {SluiceError} `overloaded` when it may not, in daprd's words.
   */
  enter(): (outcome: Outcome) => void {
    this.#tick();
    if (this.#state === "open") throw refused("circuit breaker is open");
    if (this.#state === "half-open" && this.#counts.requests >= this.#policy.maxRequests) {
      throw refused("too many requests");
    }
    this.#counts.requests++;
    const generation = this.#generation;
    let over = false;
    return (outcome) => {
      this.#tick();
      if (over || generation !== this.#generation) return;
      over = true;
      this.#book(outcome);
    };
  }

  #book(outcome: Outcome): void {
    const counts = this.#counts;
    switch (outcome) {
      case "success":
        counts.totalSuccesses++;
        counts.consecutiveSuccesses++;
        counts.consecutiveFailures = 0;
        if (this.#state === "half-open" && counts.consecutiveSuccesses >= this.#policy.maxRequests)
          this.#change("closed");
        return;
      case "failure":
        counts.totalFailures++;
        counts.consecutiveFailures++;
        counts.consecutiveSuccesses = 0;
        if (this.#state === "half-open" || this.#policy.trip(counts)) this.#change("open");
        return;
      case "abandoned":
        counts.requests--;
        return;
      default:
        outcome satisfies never;
    }
  }

  #tick(): void {
    if (this.#clock.now() < this.#expiry) return;
    this.#change(this.#state === "open" ? "half-open" : this.#state);
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#counts = noCounts();
    this.#expiry = this.#expiryOf(state);
    this.#generation++;
  }

  #expiryOf(state: BreakerState): number {
    const { intervalMs, timeoutMs } = this.#policy;
    if (state === "open") return this.#clock.now() + timeoutMs;
    const clears = state === "closed" && intervalMs > 0;
    return clears ? this.#clock.now() + intervalMs : Number.POSITIVE_INFINITY;
  }
}

function refused(message: string): SluiceError {
  return new SluiceError("overloaded", message, { retryable: true });
}

function noCounts(): BreakerCounts {
  return { requests: 0, totalSuccesses: 0, totalFailures: 0, consecutiveSuccesses: 0, consecutiveFailures: 0 };
}
