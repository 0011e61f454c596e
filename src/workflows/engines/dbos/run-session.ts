import type { SluiceError } from "../../../stream/error.js";
import { contentsOf, LOG_STEP, type LogEntry, type RunContents, type RunStanding } from "./run-log.js";

/** What a session does next: write an entry, or end as the run stands then. */
type Task =
  | { kind: "write"; entry: LogEntry; resolve: () => void; reject: (error: unknown) => void }
  | { kind: "end"; state: RunStanding }
  | { kind: "fail"; error: RunFailure };

/** How a run that failed stands in DBOS: with its code. */
export class RunFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "RunFailure";
    this.code = code;
  }
}

/** Runs one step of a workflow at DBOS, and returns its result, or the one that was kept before. */
export type RunDbosStep = <T>(run: () => Promise<T>, config: { name: string }) => Promise<T>;

/**
 * A run that this replica has. Its workflow at DBOS does nothing but write what the run hands it, one entry after the other,
 * until the run is over, waits or is taken away.
 */
export class RunSession {
  readonly #lost = new AbortController();
  readonly #opened: Promise<RunContents>;
  readonly #open: (contents: RunContents) => void;
  #tasks: Task[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    let open: (contents: RunContents) => void = () => {};
    this.#opened = new Promise((resolve) => {
      open = resolve;
    });
    this.#open = open;
  }

  /** Aborted when the run was taken away. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves with what the run has written, as soon as this replica has it. */
  get opened(): Promise<RunContents> {
    return this.#opened;
  }

  /** Keeps an entry; resolves when it is durable. */
  write(entry: LogEntry): Promise<void> {
    return new Promise((resolve, reject) => this.#add({ kind: "write", entry, resolve, reject }));
  }

  /** Lets go of the run: its workflow at DBOS ends, and it stands so from then on. */
  end(state: RunStanding): void {
    this.#add({ kind: "end", state });
  }

  /** Lets go of the run, which has failed. */
  fail(error: RunFailure): void {
    this.#add({ kind: "fail", error });
  }

  /** The run was taken away: nothing more is written. */
  lose(error: SluiceError): void {
    if (this.#lost.signal.aborted) return;
    this.#lost.abort(error);
    for (const task of this.#tasks.splice(0)) refuse(task, error);
  }

  /**
   * The body of the workflow at DBOS.
   *
   * @param taken says why the run was taken away, of what DBOS throws.
   */
  async run(runStep: RunDbosStep, by: string, taken: (thrown: unknown) => SluiceError): Promise<RunStanding> {
    const append = (entry: LogEntry) => runStep(async () => entry, { name: LOG_STEP });
    try {
      const entries: LogEntry[] = [];
      for (let isNew = false; !isNew; ) {
        const opening = async (): Promise<LogEntry> => {
          isNew = true;
          return { kind: "opened", by };
        };
        entries.push(await runStep(opening, { name: LOG_STEP }));
      }
      this.#open(contentsOf(entries));
      for (;;) {
        const task = await this.#next();
        // How the run stands is written by DBOS, when this is over.
        if (task.kind === "end") return task.state;
        if (task.kind === "fail") throw task.error;
        await this.#attempt(task, append);
      }
    } catch (thrown) {
      if (!(thrown instanceof RunFailure)) this.lose(taken(thrown));
      throw thrown;
    }
  }

  async #attempt(
    task: Extract<Task, { kind: "write" }>,
    append: (entry: LogEntry) => Promise<LogEntry>,
  ): Promise<void> {
    try {
      await append(task.entry);
      task.resolve();
    } catch (thrown) {
      task.reject(thrown);
      throw thrown;
    }
  }

  #add(task: Task): void {
    if (this.#lost.signal.aborted) {
      refuse(task, this.#lost.signal.reason);
      return;
    }
    this.#tasks.push(task);
    this.#wake?.();
    this.#wake = undefined;
  }

  async #next(): Promise<Task> {
    for (;;) {
      const task = this.#tasks.shift();
      if (task !== undefined) return task;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function refuse(task: Task, error: unknown): void {
  if (task.kind === "write") task.reject(error);
}
