import type { JsonValue } from "../../base/json.js";
import type { SqliteDriver } from "../../sqlite/sqlite-driver.js";
import type { OpenQuestion, RunJournal, RunStatus, StepRecord } from "./engine.js";
import { runLost } from "./run-errors.js";

/** What a journal writes with. */
export interface EmbeddedJournalOptions {
  /** Runs something on the connection while nothing else does. */
  alone: <T>(run: (driver: SqliteDriver) => Promise<T>) => Promise<T>;
  /** How often it says that the run is being run, in ms. */
  beatMs: number;
  id: string;
  /** The number under which the run was taken: only its holder writes. */
  fence: number;
  /** The number of the run's last entry. */
  last: number;
  steps: readonly StepRecord[];
  notes: readonly { key: string; value: JsonValue }[];
}

/** Entries are written only while the run is held under its number: one statement, so that a commit is one sync. */
const WRITE = `INSERT INTO run_entries (run, seq, kind, key, body)
  SELECT held.id, ?4 + entry.key, entry.value ->> 0, entry.value ->> 1, entry.value -> 2
  FROM runs held, json_each(?1) entry WHERE held.id = ?2 AND held.fence = ?3`;

type Entry = readonly [kind: "steps" | "notes", key: string, body: StepRecord | JsonValue];

/**
 * The journal of one run in SQLite. What is written in one turn of the event loop, and while the writing before goes on, is
 * one transaction.
 */
export class EmbeddedJournal implements RunJournal {
  readonly #options: EmbeddedJournalOptions;
  readonly #steps: Map<string, StepRecord>;
  readonly #notes: Map<string, JsonValue>;
  readonly #lost = new AbortController();
  readonly #beat: NodeJS.Timeout;
  #entries: Entry[] = [];
  /** The number of the next entry. */
  #seq: number;
  /** The writing that will take what is in `#entries`. */
  #next: Promise<void> | undefined;
  /** The last writing that was begun; never rejects. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: EmbeddedJournalOptions) {
    this.#options = options;
    this.#seq = options.last + 1;
    this.#steps = new Map(options.steps.map((record) => [record.key, record]));
    this.#notes = new Map(options.notes.map(({ key, value }) => [key, value]));
    this.#beat = setInterval(() => void this.#reportAlive(), options.beatMs);
    this.#beat.unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get stepCount(): number {
    return this.#steps.size;
  }

  step(key: string): StepRecord | undefined {
    return this.#steps.get(key);
  }

  record(record: StepRecord): Promise<void> {
    this.#steps.set(record.key, record);
    return this.#keep(["steps", record.key, record]);
  }

  note(key: string): JsonValue | undefined {
    return this.#notes.get(key);
  }

  setNote(key: string, value: JsonValue): Promise<void> {
    this.#notes.set(key, value);
    return this.#keep(["notes", key, value]);
  }

  async finish(state: {
    status: RunStatus;
    output?: JsonValue;
    error?: { code: string; message: string };
    questions: OpenQuestion[];
  }): Promise<void> {
    await this.#last;
    const { alone, id, fence } = this.#options;
    const { status, output, error, questions } = state;
    const values = [
      status,
      output === undefined ? null : JSON.stringify(output),
      error === undefined ? null : JSON.stringify(error),
      JSON.stringify(questions),
      new Date().toISOString(),
      id,
      fence,
    ];
    const sql = `UPDATE runs SET status = ?, output = ?, error = ?, questions = ?, updated_at = ?
      WHERE id = ? AND fence = ?`;
    await alone(async (driver) => {
      if ((await driver.run(sql, values)) === 0) await this.#stop(driver);
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#last;
    if (this.#lost.signal.aborted) return;
    const { alone, id, fence } = this.#options;
    await alone((driver) => driver.run("UPDATE runs SET holder = NULL WHERE id = ? AND fence = ?", [id, fence]));
  }

  #keep(entry: Entry): Promise<void> {
    this.#entries.push(entry);
    if (this.#next !== undefined) return this.#next;
    const next = this.#last.then(() => this.#write());
    this.#next = next;
    this.#last = next.catch(() => {});
    return next;
  }

  async #write(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#next = undefined;
    const first = this.#seq;
    this.#seq += entries.length;
    const { alone, id, fence } = this.#options;
    await alone(async (driver) => {
      if ((await driver.run(WRITE, [JSON.stringify(entries), id, fence, first])) === 0) await this.#stop(driver);
    });
  }

  /** @throws {SluiceError} always: somebody else has the run, and nothing was written. */
  async #stop(driver: SqliteDriver): Promise<never> {
    const sql = "SELECT status FROM runs WHERE id = ?";
    const [found] = await driver.all<{ status: string }>(sql, [this.#options.id]);
    const error = runLost(this.#options.id, found?.status === "cancelled");
    this.#lost.abort(error);
    throw error;
  }

  async #reportAlive(): Promise<void> {
    const { alone, id, fence } = this.#options;
    const sql = "UPDATE runs SET beat_at = ? WHERE id = ? AND fence = ?";
    try {
      await alone(async (driver) => {
        if ((await driver.run(sql, [Date.now(), id, fence])) === 0) await this.#stop(driver);
      });
    } catch {
      // Lost: the run knows. Busy: the next beat says it.
    }
  }
}
