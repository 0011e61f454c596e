import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type Database from "libsql";
import { type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { SqliteStore } from "../../chat/stores/sqlite-store.js";
import { between, exactly, oneOf } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { EmbeddedJournal } from "./embedded-journal.js";
import type {
  ListRuns,
  NewRun,
  RunDetails,
  RunJournal,
  RunRecord,
  RunStatus,
  StepRecord,
  WorkflowEngine,
} from "./engine.js";
import { type Holder, isAlive, SILENT_MS, thisProcess } from "./holder.js";
import { noQuestion, noRun, runBusy, runExists } from "./run-errors.js";
import { stepOfNote } from "./step-key.js";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS workflow_runs (
  id TEXT PRIMARY KEY, workflow TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  inputs TEXT NOT NULL, document TEXT NOT NULL, format INTEGER NOT NULL, output TEXT, error TEXT, questions TEXT NOT NULL,
  fence INTEGER NOT NULL, holder TEXT, beat_at INTEGER NOT NULL, owner TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS workflow_runs_by_time ON workflow_runs (created_at, id);
CREATE TABLE IF NOT EXISTS workflow_steps (run TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, key));
CREATE TABLE IF NOT EXISTS workflow_notes (run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key));
`;

/** How long SQLite waits for another process that writes, in ms. */
const PATIENCE_MS = 5_000;

interface Row {
  id: string;
  workflow: string;
  status: string;
  created_at: string;
  updated_at: string;
  inputs: string;
  document: string;
  format: number;
  output: string | null;
  error: string | null;
  questions: string;
  fence: number;
  holder: string | null;
  beat_at: number;
  owner: string | null;
}

/** Settings of `EmbeddedEngine.open`. */
export interface EmbeddedEngineOptions {
  /**
   * `full` waits until the disk has each write, so that nothing is lost when the machine loses power. `normal` (default):
   * what was written survives the process being killed; a power loss may take the last moments.
   */
  sync?: "normal" | "full";
  /** A process that has a run and says nothing for so long, in ms, has hung: another may take the run. Default 15,000. */
  silentMs?: number;
}

const checkOptions = exactly("options of an embedded engine", {
  sync: oneOf("normal", "full"),
  silentMs: between(1, 86_400_000),
});

/**
 * Keeps runs in one SQLite file. A run whose process was killed goes on at its first unfinished step in any process of this
 * machine; whoever has taken a run has a number, and a process that lost it (it hung, and another went on) writes nothing
 * more.
 */
export class EmbeddedEngine implements WorkflowEngine {
  readonly name = "embedded";
  readonly conversations: SqliteStore;
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #holder: Holder = thisProcess();
  readonly #silentMs: number;
  #closed = false;

  private constructor(db: Database.Database, path: string, conversations: SqliteStore, silentMs: number) {
    this.#silentMs = silentMs;
    this.#db = db;
    this.#path = path;
    this.conversations = conversations;
  }

  /**
   * Opens the file, and makes it and its folder where they are missing.
   *
   * @param path of the file, or `:memory:`.
   * @throws {SluiceError} `store-failed`.
   * @example
   * ```ts
   * import { EmbeddedEngine, loadWorkflow } from "sluice/workflows";
   *
   * const engine = await EmbeddedEngine.open("runs.db");
   * const workflow = await loadWorkflow('{ "steps": [] }');
   * const run = workflow.run({ inputs: { topic: "sluices" }, engine });
   * ```
   */
  static async open(path: string, options: EmbeddedEngineOptions = {}): Promise<EmbeddedEngine> {
    checkOptions(options, "options");
    const { sync = "normal", silentMs = SILENT_MS } = options;
    const { default: Libsql } = await import("libsql");
    try {
      if (path !== ":memory:") mkdirSync(dirname(resolve(path)), { recursive: true });
      const db = connection(path, () => new Libsql(path));
      db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync};`);
      db.exec(SCHEMA);
      addOwners(db);
      return new EmbeddedEngine(db, path, await SqliteStore.open(path), silentMs);
    } catch (thrown) {
      throw failed(path, thrown);
    }
  }

  async begin(run: NewRun): Promise<RunJournal> {
    const now = new Date().toISOString();
    this.#write(() => {
      if (this.#row(run.id) !== undefined) throw runExists(run.id);
      this.#db
        .prepare(
          `INSERT INTO workflow_runs (id, workflow, status, created_at, updated_at, inputs, document, format, questions,
             fence, holder, beat_at, owner) VALUES (?, ?, 'running', ?, ?, ?, ?, ?, '[]', 1, ?, ?, ?)`,
        )
        .run(
          run.id,
          run.workflow,
          now,
          now,
          JSON.stringify(run.inputs),
          JSON.stringify(run.document),
          run.format,
          JSON.stringify(this.#holder),
          Date.now(),
          run.owner ?? null,
        );
    });
    return this.#journal(run.id, 1, [], []);
  }

  async resume(id: string): Promise<{ run: RunRecord; journal: RunJournal }> {
    const { row, steps, notes } = this.#write(() => {
      const found = this.#row(id);
      if (found === undefined) throw noRun(id);
      const holder = found.holder === null ? undefined : (JSON.parse(found.holder) as Holder);
      if (holder !== undefined && isAlive(holder, found.beat_at, this.#silentMs))
        throw runBusy(id, `process ${holder.pid}`);
      this.#db
        .prepare(
          `UPDATE workflow_runs SET fence = fence + 1, holder = ?, beat_at = ?, status = 'running', questions = '[]',
             updated_at = ? WHERE id = ?`,
        )
        .run(JSON.stringify(this.#holder), Date.now(), new Date().toISOString(), id);
      return { row: { ...found, fence: found.fence + 1 }, ...this.#kept(id) };
    });
    return { run: recordOf(row), journal: this.#journal(id, row.fence, steps, notes) };
  }

  async answer(runId: string, questionId: string, answer: JsonValue): Promise<void> {
    const key = `answer:${questionId}`;
    this.#write(() => {
      const row = this.#row(runId);
      if (row === undefined) throw noRun(runId);
      const answered = this.#db.prepare("SELECT 1 FROM workflow_notes WHERE run = ? AND key = ?").get(runId, key);
      const open = recordOf(row).questions.some(({ id }) => id === questionId);
      if (answered !== undefined || !open) throw noQuestion(runId, questionId, answered !== undefined);
      this.#db
        .prepare("INSERT INTO workflow_notes (run, key, value) VALUES (?, ?, ?)")
        .run(runId, key, JSON.stringify(answer));
    });
  }

  async list({ limit = 100, status, workflow, owner, after }: ListRuns = {}): Promise<RunRecord[]> {
    const rows = this.#read(() =>
      this.#db
        .prepare(
          `SELECT * FROM workflow_runs WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR workflow = ?2)
             AND (?3 IS NULL OR owner = ?3) AND (created_at, id) < (?4, ?5) ORDER BY created_at DESC, id DESC LIMIT ?6`,
        )
        // "9" comes after every time.
        .all(status ?? null, workflow ?? null, owner ?? null, after?.createdAt ?? "9", after?.id ?? "", limit),
    );
    return (rows as Row[]).map(recordOf);
  }

  async show(id: string): Promise<RunDetails> {
    const row = this.#read(() => this.#row(id));
    if (row === undefined) throw noRun(id);
    return { ...recordOf(row), steps: this.#kept(id).steps };
  }

  async forget(id: string, isForgotten: (key: string) => boolean): Promise<void> {
    this.#write(() => {
      const row = this.#row(id);
      if (row === undefined) throw noRun(id);
      const holder = row.holder === null ? undefined : (JSON.parse(row.holder) as Holder);
      if (holder !== undefined && isAlive(holder, row.beat_at, this.#silentMs))
        throw runBusy(id, `process ${holder.pid}`);
      const { steps, notes } = this.#kept(id);
      for (const { key } of steps) {
        if (isForgotten(key)) this.#db.prepare("DELETE FROM workflow_steps WHERE run = ? AND key = ?").run(id, key);
      }
      for (const { key } of notes) {
        if (!isForgotten(stepOfNote(key, id))) continue;
        this.#db.prepare("DELETE FROM workflow_notes WHERE run = ? AND key = ?").run(id, key);
      }
    });
  }

  async cancel(id: string): Promise<void> {
    const changed = this.#write(
      () =>
        this.#db
          .prepare(
            `UPDATE workflow_runs SET status = 'cancelled', questions = '[]', fence = fence + 1, holder = NULL,
               updated_at = ? WHERE id = ? AND status <> 'completed'`,
          )
          .run(new Date().toISOString(), id).changes,
    );
    if (changed === 0 && this.#row(id) === undefined) throw noRun(id);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.conversations.close();
    if (this.#path === ":memory:") this.#db.close();
  }

  #journal(
    id: string,
    fence: number,
    steps: readonly StepRecord[],
    notes: readonly { key: string; value: JsonValue }[],
  ): EmbeddedJournal {
    return new EmbeddedJournal({
      db: this.#db,
      write: (run) => this.#write(run),
      beatMs: this.#silentMs / 5,
      id,
      fence,
      steps,
      notes,
    });
  }

  #row(id: string): Row | undefined {
    return this.#db.prepare("SELECT * FROM workflow_runs WHERE id = ?").get(id) as Row | undefined;
  }

  #kept(id: string): { steps: StepRecord[]; notes: { key: string; value: JsonValue }[] } {
    const steps = this.#db.prepare("SELECT body FROM workflow_steps WHERE run = ? ORDER BY rowid").all(id);
    const notes = this.#db.prepare("SELECT key, value FROM workflow_notes WHERE run = ?").all(id);
    return {
      steps: (steps as { body: string }[]).map(({ body }) => JSON.parse(body) as StepRecord),
      notes: (notes as { key: string; value: string }[]).map(({ key, value }) => ({ key, value: parseJson(value) })),
    };
  }

  #read<T>(run: () => T): T {
    if (this.#closed) throw new SluiceError("store-failed", `${this.#path}: it was closed`);
    try {
      return run();
    } catch (thrown) {
      throw failed(this.#path, thrown);
    }
  }

  /** Runs something as a whole or not at all. */
  #write<T>(run: () => T): T {
    return this.#read(() => {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const result = run();
        this.#db.exec("COMMIT");
        return result;
      } catch (thrown) {
        if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
        throw thrown;
      }
    });
  }
}

/**
 * Connections of this process by file. They stay open until it ends: the driver closes one only when its statements are
 * collected, and would then take the log away from those that were opened meanwhile.
 */
const connections = new Map<string, Database.Database>();

function connection(path: string, open: () => Database.Database): Database.Database {
  if (path === ":memory:") return open();
  const file = resolve(path);
  const known = existsSync(file) ? connections.get(file) : undefined;
  const db = known ?? open();
  connections.set(file, db);
  return db;
}

/** Files that were made before runs had owners get the column. */
function addOwners(db: Database.Database): void {
  const columns = db.prepare("SELECT name FROM pragma_table_info('workflow_runs')").all();
  if (!(columns as { name: string }[]).some(({ name }) => name === "owner")) {
    db.exec("ALTER TABLE workflow_runs ADD COLUMN owner TEXT");
  }
}

function recordOf(row: Row): RunRecord {
  return {
    id: row.id,
    workflow: row.workflow,
    status: row.status as RunStatus,
    ...(row.owner !== null && { owner: row.owner }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    inputs: parseJson(row.inputs) as JsonObject,
    document: parseJson(row.document) as JsonObject,
    format: row.format,
    ...(row.output !== null && { output: parseJson(row.output) }),
    ...(row.error !== null && { error: JSON.parse(row.error) as { code: string; message: string } }),
    questions: JSON.parse(row.questions) as RunRecord["questions"],
  };
}

function failed(path: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError("store-failed", `the runs in ${path}: ${messageOf(thrown)}`, { cause: thrown });
}
