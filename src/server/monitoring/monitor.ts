import { type Clock, systemClock } from "../../base/clock.js";
import type { RouteState } from "../../models/routing/route.js";
import type { SluiceError } from "../../stream/error.js";
import type { RunUse } from "../run-meter.js";
import { DurationHistogram, type Percentiles } from "./duration-histogram.js";
import { KeptRuns } from "./kept-runs.js";
import { LabelTally, type Tally } from "./label-tally.js";
import type { TimelineSpan } from "./run-timeline.js";
import { type RunBeginning, type RunSummary, WatchedRun } from "./watched-run.js";

/** How far back percentiles, charts and slow runs go, in ms. */
const WINDOW_MS = 300_000;
/** How often there is a new point, in ms. */
const TICK_MS = 1_000;
/** How long a slice of the percentiles is, in ticks. */
const SLICE_TICKS = 10;
/** Runs of each list. */
const LISTED = 20;

/** What was going on in one second. */
export interface MonitorPoint {
  /** When it ended, in ms since the epoch. */
  at: number;
  /** Runs under way. */
  active: number;
  /** Tokens of output in this second. */
  tokens: number;
  /** Runs that began. */
  started: number;
  failed: number;
  /** In the newest slice of 10 s, in ms; absent if nothing was measured. */
  ttftMs?: number;
  gapMs?: number;
}

/** How a server is doing. No prompt, answer or key is in it. */
export interface MonitorState {
  /** In ms since the epoch. */
  at: number;
  /** When the server began to count, in ms since the epoch. */
  since: number;
  active: number;
  totals: Omit<Tally, "name">;
  /** Figures of the last five minutes. */
  ttft: Percentiles;
  gap: Percentiles;
  duration: Percentiles;
  errors: { code: string; count: number }[];
  models: Tally[];
  callers: Tally[];
  routes: RouteState[];
  running: RunSummary[];
  slowest: RunSummary[];
  failed: RunSummary[];
}

/** Settings of a `Monitor`. */
export interface MonitorOptions {
  /** How the routes are doing. Default: there are none. */
  routes?: () => RouteState[];
  clock?: Clock;
}

/** Watches the runs of a server: counts, percentiles, charts and remarkable runs, in space that does not grow with them. */
export class Monitor {
  readonly #clock: Clock;
  readonly #routes: () => RouteState[];
  readonly #since = Date.now();
  readonly #active = new Set<WatchedRun>();
  readonly #ttft = new DurationHistogram(WINDOW_MS / TICK_MS / SLICE_TICKS);
  readonly #gap = new DurationHistogram(WINDOW_MS / TICK_MS / SLICE_TICKS);
  readonly #duration = new DurationHistogram(WINDOW_MS / TICK_MS / SLICE_TICKS);
  readonly #errors = new Map<string, number>();
  readonly #models = new LabelTally();
  readonly #callers = new LabelTally();
  readonly #all = new LabelTally();
  readonly #kept = new KeptRuns(LISTED, WINDOW_MS);
  readonly #points: MonitorPoint[] = [];
  readonly #watchers = new Set<(point: MonitorPoint) => void>();
  #callOff: (() => void) | undefined;
  #turnedAt: number;
  #started = 0;
  #failed = 0;
  #tokens = 0;

  constructor({ routes = () => [], clock = systemClock }: MonitorOptions = {}) {
    this.#routes = routes;
    this.#clock = clock;
    this.#turnedAt = clock.now();
  }

  /** A run begins. @param tokens of output, as far as they were counted. */
  begin(beginning: RunBeginning, tokens: () => number): WatchedRun {
    const run = new WatchedRun(beginning, () => this.#clock.now(), tokens, {
      first: (ms) => this.#ttft.record(ms),
      gap: (ms) => this.#gap.record(ms),
    });
    this.#active.add(run);
    this.#started++;
    this.#goOn();
    return run;
  }

  /** A run is over, or was refused. */
  end(run: WatchedRun, use: RunUse, error?: SluiceError): void {
    if (!this.#active.delete(run)) return;
    this.#tokens += run.newTokens();
    const { model, caller } = run.beginning;
    // Whoever leaves has not failed.
    const failed = error !== undefined && error.code !== "cancelled";
    if (error !== undefined) this.#errors.set(error.code, (this.#errors.get(error.code) ?? 0) + 1);
    if (failed) this.#failed++;
    for (const [tally, name] of [
      [this.#models, model],
      [this.#callers, caller],
      [this.#all, "all"],
    ] as const) {
      tally.add(name, use, failed);
    }
    this.#duration.record(run.durationMs);
    const summary = run.summary(use, failed ? error : undefined);
    this.#kept.add({ summary, timeline: run.timeline, endedAt: this.#clock.now() });
  }

  /** How it stands now. */
  state(): MonitorState {
    this.#catchUp();
    this.#kept.forget(this.#clock.now());
    const [totals] = this.#all.all;
    const { name: _, ...counts } = totals ?? NOTHING;
    const running = [...this.#active].slice(0, LISTED);
    return {
      at: Date.now(),
      since: this.#since,
      active: this.#active.size,
      totals: counts,
      ttft: this.#ttft.percentiles(),
      gap: this.#gap.percentiles(),
      duration: this.#duration.percentiles(),
      errors: Array.from(this.#errors, ([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count),
      models: this.#models.all,
      callers: this.#callers.all,
      routes: this.#routes(),
      running: running.map((run) => run.summary()),
      slowest: this.#kept.slowest,
      failed: this.#kept.failed,
    };
  }

  /** The points of the last five minutes, oldest first. Seconds in which nothing happened have none. */
  get points(): readonly MonitorPoint[] {
    return this.#points.filter(({ at }) => at > Date.now() - WINDOW_MS);
  }

  /** A run that goes on or is remembered, with what happened in it; `undefined` for any other. */
  find(id: string): { summary: RunSummary; timeline: TimelineSpan[] } | undefined {
    for (const run of this.#active) {
      if (run.beginning.run === id) return { summary: run.summary(), timeline: run.timeline };
    }
    return this.#kept.find(id);
  }

  /** Called with each new point until it leaves. @returns how to leave. */
  watch(watcher: (point: MonitorPoint) => void): () => void {
    this.#watchers.add(watcher);
    this.#goOn();
    return () => void this.#watchers.delete(watcher);
  }

  /** Time is counted only while something goes on or somebody looks; what passed meanwhile is made up for. */
  #goOn(): void {
    if (this.#callOff !== undefined) return;
    this.#catchUp();
    this.#callOff = this.#clock.after(TICK_MS, this.#tick);
  }

  #catchUp(): void {
    if (this.#callOff !== undefined) return;
    const slices = Math.floor((this.#clock.now() - this.#turnedAt) / (TICK_MS * SLICE_TICKS));
    for (let i = 0; i < Math.min(slices, WINDOW_MS / TICK_MS / SLICE_TICKS); i++) this.#turn();
  }

  #turn(): void {
    this.#turnedAt = this.#clock.now();
    for (const one of [this.#ttft, this.#gap, this.#duration]) one.turn();
  }

  readonly #tick = (): void => {
    this.#callOff = undefined;
    for (const run of this.#active) this.#tokens += run.newTokens();
    const [ttftMs, gapMs] = [this.#ttft.newest().p50, this.#gap.newest().p50];
    const point: MonitorPoint = {
      at: Date.now(),
      active: this.#active.size,
      tokens: this.#tokens,
      started: this.#started,
      failed: this.#failed,
      ...(ttftMs !== undefined && { ttftMs }),
      ...(gapMs !== undefined && { gapMs }),
    };
    [this.#tokens, this.#started, this.#failed] = [0, 0, 0];
    this.#points.push(point);
    if (this.#points.length > WINDOW_MS / TICK_MS) this.#points.shift();
    if (this.#clock.now() - this.#turnedAt >= TICK_MS * SLICE_TICKS) this.#turn();
    for (const watcher of [...this.#watchers]) watcher(point);
    if (this.#active.size > 0 || this.#watchers.size > 0) this.#goOn();
  };
}

const NOTHING: Tally = { name: "all", runs: 0, failed: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 };
