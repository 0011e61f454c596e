import type { TimelineSpan } from "./run-timeline.js";
import type { RunSummary } from "./watched-run.js";

/** A run that is over, with what happened in it. */
export interface KeptRun {
  summary: RunSummary;
  timeline: TimelineSpan[];
  /** When it ended, on the monitor's clock. */
  endedAt: number;
}

/** Runs that somebody may want to look at: the slowest of the last minutes, and those that failed last. */
export class KeptRuns {
  #slowest: KeptRun[] = [];
  #failed: KeptRun[] = [];
  readonly #most: number;
  readonly #windowMs: number;

  /**
   * @param most of each kind.
   * @param windowMs how long a slow run is remembered.
   */
  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  add(kept: KeptRun): void {
    if (kept.summary.error !== undefined) this.#failed = [kept, ...this.#failed].slice(0, this.#most);
    this.forget(kept.endedAt);
    const slowest = [...this.#slowest, kept].sort((a, b) => b.summary.durationMs - a.summary.durationMs);
    this.#slowest = slowest.slice(0, this.#most);
  }

  /** Forgets slow runs that are too old. */
  forget(now: number): void {
    this.#slowest = this.#slowest.filter(({ endedAt }) => endedAt > now - this.#windowMs);
  }

  get slowest(): RunSummary[] {
    return this.#slowest.map(({ summary }) => summary);
  }

  get failed(): RunSummary[] {
    return this.#failed.map(({ summary }) => summary);
  }

  find(run: string): KeptRun | undefined {
    return [...this.#failed, ...this.#slowest].find(({ summary }) => summary.run === run);
  }
}
