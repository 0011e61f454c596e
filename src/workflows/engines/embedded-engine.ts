import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { JsonValue } from "../../base/json.js";
import { SqliteStore } from "../../chat/stores/sqlite-store.js";
import { openDriver } from "../../sqlite/open-driver.js";
import { isBusy, type SqliteDriver } from "../../sqlite/sqlite-driver.js";
import {
  BLOCKED_MS,
  inTransaction,
  patiently,
  SqliteTransactions,
  type TransactionKind,
} from "../../sqlite/sqlite-transactions.js";
import { between, exactly, filledString, oneOf } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { MEMORY_SCHEMA, SqliteMemory } from "../memory/sqlite-memory.js";
import { checkListRuns } from "./check-list-runs.js";
import { EmbeddedJournal } from "./embedded-journal.js";
import type {
  ListRuns,
  NewRun,
  RunDetails,
  RunJournal,
  StepRecord,
  WorkflowEngine,
  WorkflowRunRecord,
} from "./engine.js";
import { type Holder, isAlive, SILENT_MS, thisProcess } from "./holder.js";
import { markAnswered } from "./open-questions.js";
import { noQuestion, noRun, runBusy, runExists } from "./run-errors.js";
import { stepOfNote } from "./step-key.js";
import { holderOf, noteOf, type Row, recordOf, stepRecordOf } from "./stored-run.js";

/** What is long stands apart: a row that is read at every write stays on one page. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, fence INTEGER NOT NULL, beat_at INTEGER NOT NULL, holder TEXT, status TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, format INTEGER NOT NULL, owner TEXT, workflow TEXT NOT NULL,
  error TEXT, questions TEXT NOT NULL, output TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_documents (id TEXT PRIMARY KEY, inputs TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created_at, id);
CREATE TABLE IF NOT EXISTS run_entries (
  run TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, seq)
) WITHOUT ROWID;
`;

const APPEND = `INSERT INTO run_entries (run, seq, kind, key, body)
  SELECT ?, coalesce(max(seq), 0) + 1, 'notes', ?, ? FROM run_entries WHERE run = ?`;

const SELECT = "SELECT runs.*, inputs, document FROM runs JOIN run_documents USING (id)";

const IN_MEMORY = ":memory:";

/** Settings of `EmbeddedEngine.open`. */
export interface EmbeddedEngineOptions {
  /**
   * `full` waits until the disk has each write, so that nothing is lost when the machine loses power. `normal` (default):
   * what was written survives the process being killed; a power loss may take the last moments.
   */
  sync?: "normal" | "full";
  /** A process that has a run and gives no sign of life for so long, in ms, has hung: another may take the run. Default 15,000. */
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
  readonly memory: SqliteMemory;
  readonly #driver: SqliteDriver;
  readonly #transactions: SqliteTransactions;
  readonly #path: string;
  readonly #holder: Holder = thisProcess();
  readonly #silentMs: number;
  #closed = false;

  private constructor(driver: SqliteDriver, path: string, conversations: SqliteStore, silentMs: number) {
    this.#silentMs = silentMs;
    this.#driver = driver;
    this.#transactions = new SqliteTransactions(driver, path);
    this.#path = path;
    this.conversations = conversations;
    this.memory = new SqliteMemory((run) => this.#alone(run));
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
    filledString(path, "path");
    checkOptions(options, "options");
    const { sync = "normal", silentMs = SILENT_MS } = options;
    try {
      if (path !== IN_MEMORY) mkdirSync(dirname(resolve(path)), { recursive: true });
      const conversations = await SqliteStore.open(path);
      const driver = await openDriver({ path, readOnly: false, uri: false });
      await patiently(async () => {
        await driver.exec(
          `PRAGMA busy_timeout = ${BLOCKED_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync};`,
        );
        await inTransaction(driver, "BEGIN IMMEDIATE", () => driver.exec(SCHEMA + MEMORY_SCHEMA));
      });
      return new EmbeddedEngine(driver, path, conversations, silentMs);
    } catch (thrown) {
      throw failed(path, thrown);
    }
  }

  async begin(run: NewRun): Promise<RunJournal> {
    const { id, workflow, inputs, document, format, owner } = run;
    const now = new Date().toISOString();
    await this.#transaction("BEGIN IMMEDIATE", async (driver) => {
      if ((await rowOf(driver, id)) !== undefined) throw runExists(id);
      await driver.run(
        `INSERT INTO runs (id, fence, beat_at, holder, status, created_at, updated_at, format, owner, workflow, questions)
           VALUES (?, 1, ?, ?, 'running', ?, ?, ?, ?, ?, '[]')`,
        [id, Date.now(), JSON.stringify(this.#holder), now, now, format, owner ?? null, workflow],
      );
      await driver.run("INSERT INTO run_documents (id, inputs, document) VALUES (?, ?, ?)", [
        id,
        JSON.stringify(inputs),
        JSON.stringify(document),
      ]);
    });
    return this.#journal(id, 1, { steps: [], notes: [], last: 0 });
  }

  async resume(id: string): Promise<{ run: WorkflowRunRecord; journal: RunJournal }> {
    const { row, entries } = await this.#transaction("BEGIN IMMEDIATE", async (driver) => {
      const found = await rowOf(driver, id);
      if (found === undefined) throw noRun(id);
      this.#refuseBusy(found);
      await driver.run(
        `UPDATE runs SET fence = fence + 1, holder = ?, beat_at = ?, status = 'running', questions = '[]',
           updated_at = ? WHERE id = ?`,
        [JSON.stringify(this.#holder), Date.now(), new Date().toISOString(), id],
      );
      return { row: { ...found, fence: found.fence + 1 }, entries: await entriesOf(driver, id) };
    });
    return { run: recordOf(row), journal: this.#journal(id, row.fence, entries) };
  }

  async answer(runId: string, questionId: string, answer: JsonValue): Promise<void> {
    const key = `answer:${questionId}`;
    await this.#transaction("BEGIN IMMEDIATE", async (driver) => {
      const row = await rowOf(driver, runId);
      if (row === undefined) throw noRun(runId);
      const answered = await driver.all("SELECT 1 FROM run_entries WHERE run = ? AND kind = 'notes' AND key = ?", [
        runId,
        key,
      ]);
      const { questions } = recordOf(row);
      if (answered.length > 0 || !questions.some(({ id }) => id === questionId))
        throw noQuestion(runId, questionId, answered.length > 0);
      await driver.run(APPEND, [runId, key, JSON.stringify(answer), runId]);
      await driver.run("UPDATE runs SET questions = ?, updated_at = ? WHERE id = ?", [
        JSON.stringify(markAnswered(questions, questionId)),
        new Date().toISOString(),
        runId,
      ]);
    });
  }

  async list(options: ListRuns = {}): Promise<WorkflowRunRecord[]> {
    checkListRuns(options);
    const { limit = 100, status, workflow, owner, after } = options;
    const rows = await this.#alone((driver) =>
      driver.all<Row>(
        `${SELECT} WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR workflow = ?2)
           AND (?3 IS NULL OR owner = ?3) AND (created_at, id) < (?4, ?5) ORDER BY created_at DESC, id DESC LIMIT ?6`,
        // "9" comes after every time.
        [status ?? null, workflow ?? null, owner ?? null, after?.createdAt ?? "9", after?.id ?? "", limit],
      ),
    );
    return rows.map(recordOf);
  }

  async abandoned(): Promise<WorkflowRunRecord[]> {
    const rows = await this.#alone((driver) =>
      driver.all<Row>(`${SELECT} WHERE status = 'running' ORDER BY created_at, id`, []),
    );
    return rows.filter((row) => !this.#isRunElsewhere(row)).map(recordOf);
  }

  async show(id: string): Promise<RunDetails> {
    return this.#transaction("BEGIN", async (driver) => {
      const row = await rowOf(driver, id);
      if (row === undefined) throw noRun(id);
      return { ...recordOf(row), steps: (await entriesOf(driver, id)).steps };
    });
  }

  async forget(id: string, isForgotten: (key: string) => boolean): Promise<void> {
    await this.#transaction("BEGIN IMMEDIATE", async (driver) => {
      const row = await rowOf(driver, id);
      if (row === undefined) throw noRun(id);
      this.#refuseBusy(row);
      const { steps, notes } = await entriesOf(driver, id);
      const gone = [
        ...steps.filter(({ key }) => isForgotten(key)).map(({ key }) => ["steps", key] as const),
        ...notes.filter(({ key }) => isForgotten(stepOfNote(key, id))).map(({ key }) => ["notes", key] as const),
      ];
      for (const [kind, key] of gone)
        await driver.run("DELETE FROM run_entries WHERE run = ? AND kind = ? AND key = ?", [id, kind, key]);
    });
  }

  async cancel(id: string): Promise<void> {
    await this.#transaction("BEGIN IMMEDIATE", async (driver) => {
      const changed = await driver.run(
        `UPDATE runs SET status = 'cancelled', questions = '[]', fence = fence + 1, holder = NULL,
           updated_at = ? WHERE id = ? AND status <> 'completed'`,
        [new Date().toISOString(), id],
      );
      if (changed === 0 && (await rowOf(driver, id)) === undefined) throw noRun(id);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#transactions.idle();
    await this.#driver.close();
    await this.conversations.close();
  }

  #journal(id: string, fence: number, entries: Entries): EmbeddedJournal {
    const alone = <T>(run: (driver: SqliteDriver) => Promise<T>): Promise<T> => this.#alone(run);
    return new EmbeddedJournal({ alone, beatMs: this.#silentMs / 5, id, fence, ...entries });
  }

  #isRunElsewhere(row: Row): boolean {
    const holder = holderOf(row);
    return holder !== undefined && isAlive(holder, row.beat_at, this.#silentMs);
  }

  #refuseBusy(row: Row): void {
    if (this.#isRunElsewhere(row)) throw runBusy(row.id, `process ${holderOf(row)?.pid}`);
  }

  /** Runs something as a whole or not at all. */
  #transaction<T>(kind: TransactionKind, run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    return this.#alone((driver) => inTransaction(driver, kind, run));
  }

  async #alone<T>(run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    // A driver may end the process when a closed file is used.
    if (this.#closed) throw new SluiceError("store-failed", `the runs in ${this.#path}: the file was closed`);
    try {
      return await this.#transactions.alone(run);
    } catch (thrown) {
      throw failed(this.#path, thrown);
    }
  }
}

interface Entries {
  /** The number of the last one. */
  last: number;
  steps: StepRecord[];
  notes: { key: string; value: JsonValue }[];
}

async function rowOf(driver: SqliteDriver, id: string): Promise<Row | undefined> {
  const [row] = await driver.all<Row>(`${SELECT} WHERE id = ?`, [id]);
  return row;
}

async function entriesOf(driver: SqliteDriver, id: string): Promise<Entries> {
  const rows = await driver.all<{ seq: number; kind: "steps" | "notes"; key: string; body: string }>(
    "SELECT seq, kind, key, body FROM run_entries WHERE run = ? ORDER BY seq",
    [id],
  );
  // What was written later under a key takes the place of what was there.
  const steps = new Map<string, StepRecord>();
  const notes = new Map<string, JsonValue>();
  for (const { kind, key, body } of rows) {
    if (kind === "steps") steps.set(key, stepRecordOf(id, key, body));
    else notes.set(key, noteOf(id, key, body));
  }
  return {
    last: rows.at(-1)?.seq ?? 0,
    steps: [...steps.values()],
    notes: Array.from(notes, ([key, value]) => ({ key, value })),
  };
}

function failed(path: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError("store-failed", `the runs in ${path}: ${messageOf(thrown)}`, {
    cause: thrown,
    retryable: isBusy(thrown),
  });
}
