import { type Clock, systemClock, wait } from "../base/clock.js";
import {
  callable,
  clock as clockCheck,
  exactly,
  positive,
  signal as signalCheck,
  wholeNumber,
} from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { checkEngine } from "./engines/check-engine.js";
import type { WorkflowEngine, WorkflowRunRecord } from "./engines/engine.js";
import { resumeRun } from "./resume-run.js";
import type { WorkflowRun } from "./run/workflow-run.js";
import type { WorkflowServices } from "./services.js";

/** Settings of `superviseRuns`. */
export interface SuperviseOptions {
  /** Ends it: no more runs are taken, and those that go on are waited for. */
  signal?: AbortSignal;
  /** How often it looks, in ms. Default 5,000. */
  everyMs?: number;
  /** How many runs go on here at once. Default 16. */
  concurrency?: number;
  /** As `ResumeOptions.maxTakeovers`. Default 10. */
  maxTakeovers?: number;
  /** Gets each run that goes on, and reads its stream. Default: it is read to its end. */
  onRun?: (run: WorkflowRun) => void | Promise<void>;
  /** Called with a run that failed or could not be taken. A run that another process took first is no error. */
  onError?: (error: SluiceError, runId: string) => void;
  /** For tests. Default: the system's. */
  clock?: Clock;
}

const checkOptions = exactly("options of superviseRuns", {
  signal: signalCheck,
  everyMs: positive,
  concurrency: wholeNumber(1),
  maxTakeovers: wholeNumber(0),
  onRun: callable,
  onError: callable,
  clock: clockCheck,
});

/**
 * Goes on with runs of an engine that nobody runs: those whose process died, and those that waited and were answered, or whose
 * time to be answered is over. Any number of processes may do so at once: each run is taken by one.
 *
 * @param services what the runs may use; all replicas should have the same.
 * @returns when the signal is aborted and the runs that went on here are over.
 * @throws {SluiceError} `invalid-argument`.
 */
export async function superviseRuns(
  engine: WorkflowEngine,
  services: WorkflowServices = {},
  options: SuperviseOptions = {},
): Promise<void> {
  checkEngine(engine, "engine");
  checkOptions(options, "options");
  const { signal, everyMs = 5_000, clock = systemClock } = options;
  const supervisor = new Supervisor(engine, services, options);
  while (signal?.aborted !== true) {
    await supervisor.look();
    await wait(everyMs, clock, signal).catch(() => {});
  }
  await supervisor.idle();
}

class Supervisor {
  readonly #engine: WorkflowEngine;
  readonly #services: WorkflowServices;
  readonly #options: SuperviseOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Runs that cannot go on here, whatever is tried. */
  readonly #refused = new Set<string>();

  constructor(engine: WorkflowEngine, services: WorkflowServices, options: SuperviseOptions) {
    this.#engine = engine;
    this.#services = services;
    this.#options = options;
  }

  /** Takes what there is to take. */
  async look(): Promise<void> {
    try {
      for (const { id } of [...(await this.#engine.abandoned()), ...(await this.#due())]) {
        if (this.#running.size >= (this.#options.concurrency ?? 16) || this.#options.signal?.aborted) return;
        if (this.#running.has(id) || this.#refused.has(id)) continue;
        this.#running.set(
          id,
          this.#goOn(id).finally(() => this.#running.delete(id)),
        );
      }
    } catch (thrown) {
      // The engine's server is away: the next look may find it.
      this.#options.onError?.(SluiceError.from(thrown), "");
    }
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #goOn(id: string): Promise<void> {
    const { onRun, onError, maxTakeovers } = this.#options;
    try {
      const run = await resumeRun(this.#engine, id, this.#services, {
        ...(maxTakeovers !== undefined && { maxTakeovers }),
      });
      if (onRun === undefined) for await (const _ of run.stream);
      else await onRun(run);
      await run.result;
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      if (error.code === "unsupported" || error.code === "invalid-argument") this.#refused.add(id);
      if (error.code !== "conflict") onError?.(error, id);
    }
  }

  /** Runs that waited, and need not wait any more. */
  async #due(): Promise<WorkflowRunRecord[]> {
    const due: WorkflowRunRecord[] = [];
    for (let after: WorkflowRunRecord | undefined; ; ) {
      const page = await this.#engine.list({ status: "waiting", limit: 100, ...(after && { after }) });
      due.push(...page.filter(isDue));
      after = page.at(-1);
      if (after === undefined || page.length < 100) return due;
    }
  }
}

function isDue({ questions }: WorkflowRunRecord): boolean {
  return questions.some(
    ({ answered, until }) => answered === true || (until !== undefined && Date.parse(until) <= Date.now()),
  );
}
