import type { Batch } from "../../stream/batch-source.js";
import type { SluiceError } from "../../stream/error.js";
import { isContent } from "../../stream/is-content.js";
import type { RunUse } from "../run-meter.js";
import { RunTimeline, type TimelineSpan } from "./run-timeline.js";

/** What is known of a run when it begins. */
export interface RunBeginning {
  /** The run's id. */
  run: string;
  /** The id of the request that began it. */
  request: string;
  /** By the name that it is served under. */
  model: string;
  caller: string;
  protocol: string;
  /** The trace that the request belongs to. */
  trace?: string;
}

/** A run in a list: no prompt or answer is in it. */
export interface RunSummary extends RunBeginning {
  /** ISO 8601. */
  startedAt: string;
  /** Until now where it goes on. */
  durationMs: number;
  ttftMs?: number;
  outputTokens?: number;
  costUsd?: number;
  error?: { code: string; message: string };
}

/** What a monitor learns of a run. */
export interface RunEars {
  /** The first content came after so many ms. */
  first(ms: number): void;
  /** Content came so many ms after the content before. */
  gap(ms: number): void;
}

/** A run while it is watched. */
export class WatchedRun {
  readonly beginning: RunBeginning;
  readonly #startedAt = new Date().toISOString();
  readonly #began: number;
  readonly #now: () => number;
  readonly #ears: RunEars;
  readonly #tokens: () => number;
  readonly #timeline = new RunTimeline();
  #ttftMs: number | undefined;
  #last = 0;
  #counted = 0;

  /** @param tokens of output, as far as they were counted. */
  constructor(beginning: RunBeginning, now: () => number, tokens: () => number, ears: RunEars) {
    this.beginning = beginning;
    this.#now = now;
    this.#began = now();
    this.#tokens = tokens;
    this.#ears = ears;
  }

  /** Takes what was read at once. */
  push(batch: Batch): void {
    const ms = this.#now() - this.#began;
    let hasContent = false;
    for (const event of batch) {
      this.#timeline.push(event, ms);
      hasContent ||= isContent(event) && event.type !== "data" && event.type !== "finish";
    }
    if (!hasContent) return;
    if (this.#ttftMs === undefined) {
      this.#ttftMs = ms;
      this.#ears.first(ms);
    } else this.#ears.gap(ms - this.#last);
    this.#last = ms;
  }

  /** Tokens since the last call. */
  newTokens(): number {
    const tokens = this.#tokens();
    const fresh = tokens - this.#counted;
    this.#counted = tokens;
    return fresh;
  }

  get durationMs(): number {
    return this.#now() - this.#began;
  }

  get timeline(): TimelineSpan[] {
    return this.#timeline.spans;
  }

  summary(use?: RunUse, error?: SluiceError): RunSummary {
    const { durationMs } = this;
    const outputTokens = use?.usage.outputTokens ?? this.#tokens();
    return {
      ...this.beginning,
      startedAt: this.#startedAt,
      durationMs: Math.round(durationMs),
      ...(this.#ttftMs !== undefined && { ttftMs: Math.round(this.#ttftMs) }),
      outputTokens,
      ...(use?.costUsd !== undefined && { costUsd: use.costUsd }),
      ...(error && { error: { code: error.code, message: shortened(error.message) } }),
    };
  }
}

/** A message may quote what a provider sent. */
const LONGEST = 300;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
