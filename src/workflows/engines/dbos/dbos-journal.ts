import type { JsonValue } from "../../../base/json.js";
import type { RunJournal, StepRecord } from "../engine.js";
import { applyEntry, type LogEntry, type RunContents } from "./run-log.js";
import { RunFailure, type RunSession } from "./run-session.js";

/** The journal of one run at DBOS. What is written while the writing before goes on is one entry, so one commit. */
export class DbosJournal implements RunJournal {
  readonly #session: RunSession;
  readonly #contents: RunContents;
  /** Resolves when DBOS has written how the run stands. */
  readonly #settled: () => Promise<void>;
  #kept: Extract<LogEntry, { kind: "kept" }> = { kind: "kept", steps: [], notes: [] };
  /** The writing that will take what is in `#kept`. */
  #next: Promise<void> | undefined;
  /** The last writing that was begun; never rejects. */
  #last: Promise<void> = Promise.resolve();
  #finished = false;

  constructor(session: RunSession, contents: RunContents, settled: () => Promise<void>) {
    this.#session = session;
    this.#contents = contents;
    this.#settled = settled;
  }

  get lost(): AbortSignal {
    return this.#session.lost;
  }

  get stepCount(): number {
    return this.#contents.steps.size;
  }

  step(key: string): StepRecord | undefined {
    return this.#contents.steps.get(key);
  }

  record(record: StepRecord): Promise<void> {
    this.#contents.steps.set(record.key, record);
    this.#kept.steps.push(record);
    return this.#write();
  }

  note(key: string): JsonValue | undefined {
    return this.#contents.notes.get(key);
  }

  setNote(key: string, value: JsonValue): Promise<void> {
    this.#contents.notes.set(key, value);
    this.#kept.notes.push([key, value]);
    return this.#write();
  }

  /** Forgets steps and notes. */
  async forget(steps: string[], notes: string[]): Promise<void> {
    const entry: LogEntry = { kind: "forgot", steps, notes };
    applyEntry(this.#contents, entry);
    await this.#last;
    await this.#session.write(entry);
  }

  async finish({ status, output = null, error, questions }: Parameters<RunJournal["finish"]>[0]): Promise<void> {
    await this.#last;
    this.lost.throwIfAborted();
    this.#finished = true;
    if (status === "failed") {
      const { code, message } = error ?? { code: "protocol", message: "it failed" };
      this.#session.fail(new RunFailure(code, message));
    } else this.#session.end({ status, output, questions });
    await this.#settled();
  }

  async close(): Promise<void> {
    if (this.#finished || this.lost.aborted) return;
    const error = { code: "cancelled", message: "whoever ran it let go of it" };
    await this.finish({ status: "failed", error, questions: [] });
  }

  #write(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#last.then(() => {
      const entry = this.#kept;
      this.#kept = { kind: "kept", steps: [], notes: [] };
      this.#next = undefined;
      return this.#session.write(entry);
    });
    this.#next = next;
    this.#last = next.catch(() => {});
    return next;
  }
}
