import { onAbort } from "../base/on-abort.js";
import { describe, SluiceError } from "../stream/error.js";
import { MemoryRun } from "./memory-run.js";
import { RunChains } from "./run-chains.js";
import {
  DEFAULT_RETENTION,
  type OpenRun,
  type ReadRun,
  type Retention,
  type RunLog,
  type RunReader,
  type RunRecord,
  type RunWriter,
} from "./run-log.js";
import { checkOpenRun, checkReadRun, checkRetention } from "./run-options.js";

/** Settings of `MemoryRunLog`. */
export interface MemoryRunLogOptions extends Retention {
  /** Of all runs that have ended, in bytes; the oldest go first. Default 64 MiB. */
  maxEndedBytes?: number;
}

/** Logs runs in this process's memory: they are gone with it. */
export class MemoryRunLog implements RunLog {
  onEnded: ((run: string) => Promise<void>) | undefined;
  readonly #maxRunBytes: number;
  /** Those that are kept, running or ended. */
  readonly #runs = new Map<string, MemoryRun>();
  readonly #chains: RunChains<MemoryRun>;
  readonly #threads = new Map<string, string>();
  readonly #threadOf = new Map<string, string>();
  readonly #groups = new Map<string, Set<string>>();
  readonly #groupOf = new Map<string, string>();
  /** Those that wait for runs to begin, by their ids. */
  readonly #awaited = new Map<string, Set<() => void>>();

  /** @throws {SluiceError} `invalid-argument` for an invalid limit. */
  constructor(options: MemoryRunLogOptions = {}) {
    checkRetention(options, ["maxEndedBytes"]);
    const { keepMs = DEFAULT_RETENTION.keepMs, maxRunBytes = DEFAULT_RETENTION.maxRunBytes } = options;
    const { maxEndedBytes = 64 * 1_024 * 1_024 } = options;
    this.#maxRunBytes = maxRunBytes;
    this.#chains = new RunChains(keepMs, maxEndedBytes, ({ run }) => this.#forgotten(run));
  }

  /** How many runs are kept, running ones included. */
  get size(): number {
    return this.#runs.size;
  }

  async open(run: string, options: OpenRun = {}): Promise<RunWriter> {
    checkOpenRun(options);
    this.sweep();
    if (this.#runs.has(run)) throw new SluiceError("conflict", `there is a run ${describe(run)} already`);
    const writer = new MemoryRun(run, options, this.#maxRunBytes, this.#onEnd);
    this.#runs.set(run, writer);
    this.#chains.begin(run, options.follows);
    if (options.thread !== undefined) {
      this.#threads.set(options.thread, run);
      this.#threadOf.set(run, options.thread);
    }
    if (options.group !== undefined) this.#join(run, options.group);
    for (const wake of this.#awaited.get(run) ?? []) wake();
    return writer;
  }

  async read(run: string, options: ReadRun = {}): Promise<RunReader> {
    checkReadRun(options);
    this.sweep();
    const found = this.#runs.get(run);
    if (found !== undefined) return found.read(options);
    throw new SluiceError("not-found", `there is no run ${describe(run)}, or it is not kept any more`);
  }

  async find(run: string): Promise<RunRecord | undefined> {
    this.sweep();
    return this.#runs.get(run)?.record;
  }

  async newestOf(thread: string): Promise<string | undefined> {
    this.sweep();
    return this.#threads.get(thread);
  }

  async runsOf(group: string): Promise<string[]> {
    this.sweep();
    return [...(this.#groups.get(group) ?? [])];
  }

  async note(run: string, name: string, value: string | undefined): Promise<boolean> {
    const found = this.#runs.get(run);
    if (value === undefined) found?.notes.delete(name);
    else found?.notes.set(name, value);
    return found !== undefined;
  }

  async begun(run: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#runs.get(run) !== undefined) return;
    const awaiting = this.#awaited.get(run) ?? new Set();
    this.#awaited.set(run, awaiting);
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void) => () => {
        forget();
        awaiting.delete(wake);
        if (awaiting.size === 0) this.#awaited.delete(run);
        how();
      };
      const wake = settle(resolve);
      const forget = onAbort(
        signal,
        settle(() => reject(signal.reason)),
      );
      awaiting.add(wake);
    });
  }

  async stop(run: string, reason = "the run was stopped"): Promise<boolean> {
    return this.#runs.get(run)?.stop(new SluiceError("cancelled", reason)) ?? false;
  }

  async forget(run: string): Promise<boolean> {
    return this.#chains.forget(run);
  }

  sweep(): void {
    this.#chains.sweep();
  }

  async close(): Promise<void> {
    this.#runs.clear();
    this.#chains.clear();
    this.#threads.clear();
    this.#threadOf.clear();
    this.#groups.clear();
    this.#groupOf.clear();
  }

  readonly #onEnd = (run: MemoryRun): void => {
    if (this.#runs.get(run.run) !== run) return;
    this.#chains.end(run);
    this.sweep();
    // Who announces it says what went wrong; nobody comes after this process.
    if (run.announced) void this.onEnded?.(run.run).catch(() => {});
  };

  #join(run: string, group: string): void {
    const runs = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, runs.add(run));
    this.#groupOf.set(run, group);
  }

  #leave(run: string): void {
    const group = this.#groupOf.get(run);
    if (group === undefined) return;
    this.#groupOf.delete(run);
    const runs = this.#groups.get(group);
    if (runs?.delete(run) && runs.size === 0) this.#groups.delete(group);
  }

  #forgotten(id: string): void {
    this.#runs.delete(id);
    this.#leave(id);
    const thread = this.#threadOf.get(id);
    this.#threadOf.delete(id);
    if (thread !== undefined && this.#threads.get(thread) === id) this.#threads.delete(thread);
  }
}
