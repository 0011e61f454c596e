import type Database from "libsql";
import type { JsonValue } from "../../base/json.js";
import type { OpenQuestion, RunJournal, RunStatus, StepRecord } from "./engine.js";
import { runLost } from "./run-errors.js";

/** What a journal writes with. */
export interface EmbeddedJournalOptions {
  db: Database.Database;
  /** Runs something as a whole or not at all. */
  write: <T>(run: () => T) => T;
  /** How often it says that the run is being run, in ms. */
  beatMs: number;
  id: string;
  /** The number under which the run was taken: only its holder writes. */
  fence: number;
  steps: readonly StepRecord[];
  notes: readonly { key: string; value: JsonValue }[];
}

/** A row is written only while the run is held under its number. */
const IF_HELD = "SELECT id, ?1, ?2 FROM workflow_runs WHERE id = ?3 AND fence = ?4";

type Change = { table: "steps" | "notes"; key: string; value: string };

/** The journal of one run in SQLite. What is written in one turn of the event loop is one transaction. */
export class EmbeddedJournal implements RunJournal {
  readonly #options: EmbeddedJournalOptions;
  readonly #steps: Map<string, StepRecord>;
  readonly #notes: Map<string, JsonValue>;
  readonly #lost = new AbortController();
  readonly #beat: NodeJS.Timeout;
  readonly #insert: Readonly<Record<"steps" | "notes", Database.Statement>>;
  readonly #check: Database.Statement;
  #changes: Change[] = [];
  #flushed: Promise<void> | undefined;

  constructor(options: EmbeddedJournalOptions) {
    this.#options = options;
    this.#steps = new Map(options.steps.map((record) => [record.key, record]));
    this.#notes = new Map(options.notes.map(({ key, value }) => [key, value]));
    const { db } = options;
    this.#insert = {
      steps: db.prepare(`INSERT OR REPLACE INTO workflow_steps (run, key, body) ${IF_HELD}`),
      notes: db.prepare(`INSERT OR REPLACE INTO workflow_notes (run, key, value) ${IF_HELD}`),
    };
    this.#check = db.prepare("SELECT fence, status FROM workflow_runs WHERE id = ?");
    this.#beat = setInterval(() => this.#sayAlive(), options.beatMs);
    this.#beat.unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  step(key: string): StepRecord | undefined {
    return this.#steps.get(key);
  }

  record(record: StepRecord): Promise<void> {
    this.#steps.set(record.key, record);
    return this.#keep({ table: "steps", key: record.key, value: JSON.stringify(record) });
  }

  note(key: string): JsonValue | undefined {
    return this.#notes.get(key);
  }

  setNote(key: string, value: JsonValue): Promise<void> {
    this.#notes.set(key, value);
    return this.#keep({ table: "notes", key, value: JSON.stringify(value) });
  }

  async finish(state: {
    status: RunStatus;
    output?: JsonValue;
    error?: { code: string; message: string };
    questions: OpenQuestion[];
  }): Promise<void> {
    await this.#flushed;
    const { db, id, write } = this.#options;
    const { status, output, error, questions } = state;
    write(() => {
      this.#hold();
      db.prepare(
        "UPDATE workflow_runs SET status = ?, output = ?, error = ?, questions = ?, updated_at = ? WHERE id = ?",
      ).run(
        status,
        output === undefined ? null : JSON.stringify(output),
        error === undefined ? null : JSON.stringify(error),
        JSON.stringify(questions),
        new Date().toISOString(),
        id,
      );
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#flushed?.catch(() => {});
    if (this.#lost.signal.aborted) return;
    const { db, id, fence, write } = this.#options;
    write(() => db.prepare("UPDATE workflow_runs SET holder = NULL WHERE id = ? AND fence = ?").run(id, fence));
  }

  /** All that is written before the event loop goes on is one transaction. */
  #keep(change: Change): Promise<void> {
    this.#changes.push(change);
    this.#flushed ??= Promise.resolve().then(() => this.#flush());
    return this.#flushed;
  }

  #flush(): void {
    const changes = this.#changes;
    this.#changes = [];
    this.#flushed = undefined;
    this.#options.write(() => {
      for (const change of changes) this.#apply(change);
    });
  }

  /** @throws {SluiceError} where somebody else has the run: nothing is written then. */
  #apply({ table, key, value }: Change): void {
    const { id, fence } = this.#options;
    if (this.#insert[table].run(key, value, id, fence).changes === 0) this.#hold();
  }

  /** @throws {SluiceError} where somebody else has the run: nothing is written then. */
  #hold(): void {
    const { id, fence } = this.#options;
    const found = this.#check.get(id) as { fence: number; status: string } | undefined;
    if (found?.fence === fence) return;
    const error = runLost(id, found?.status === "cancelled");
    this.#lost.abort(error);
    throw error;
  }

  #sayAlive(): void {
    const { db, id, write } = this.#options;
    try {
      write(() => {
        this.#hold();
        db.prepare("UPDATE workflow_runs SET beat_at = ? WHERE id = ?").run(Date.now(), id);
      });
    } catch {
      // Lost: the run has been told. Busy: the next beat says it.
    }
  }
}
