import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type Database from "libsql";
import { systemClock, wait } from "../../base/clock.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../conversation-store.js";
import { messageFromText, messageToText } from "../message-json.js";
import { conflict } from "./conflict.js";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  version INTEGER NOT NULL, head TEXT, title TEXT, metadata TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversations_by_time ON conversations (updated_at, id);
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY, conversation TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_by_conversation ON messages (conversation, seq);
`;

interface Row {
  id: string;
  created_at: string;
  updated_at: string;
  version: number;
  head: string | null;
  title: string | null;
  metadata: string;
}

/** How long others may write before an append gives up, in ms. */
const PATIENCE_MS = 5_000;
/** How long SQLite itself waits for them, in ms: nothing else runs in this process meanwhile. */
const BLOCKED_MS = 5;
/** The longest pause before the file is tried again, in ms; each is a random part of it, so that two do not wait in step. */
const PAUSE_MS = 20;

/**
 * Keeps conversations in one SQLite file, which several processes may use at once. It is in WAL mode: what was appended
 * survives the process being killed.
 */
export class SqliteStore implements ConversationStore {
  readonly #db: Database.Database;
  /** Statements by their text: each is compiled once. */
  readonly #statements = new Map<string, Database.Statement>();
  readonly #path: string;
  #closed = false;

  private constructor(db: Database.Database, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /**
   * Opens the file, and makes it and its folder where they are missing.
   *
   * @param path of the file, or `:memory:`.
   * @throws {SluiceError} `store-failed`.
   */
  static async open(path: string): Promise<SqliteStore> {
    const { default: Libsql } = await import("libsql");
    try {
      if (path !== ":memory:") mkdirSync(dirname(resolve(path)), { recursive: true });
      const db = new Libsql(path);
      await patiently(() => {
        db.exec(`PRAGMA busy_timeout = ${BLOCKED_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
        db.exec(SCHEMA);
      });
      return new SqliteStore(db, path);
    } catch (thrown) {
      throw storeFailed(path, thrown);
    }
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    // Both reads see one state of the file, whatever another process appends meanwhile.
    return this.#transaction("BEGIN", id, () => {
      const row = this.#row(id);
      if (row === undefined) return undefined;
      const bodies = this.#prepared("SELECT body FROM messages WHERE conversation = ? ORDER BY seq").all(id);
      return { ...recordOf(row), messages: (bodies as { body: string }[]).map(({ body }) => messageFromText(body)) };
    });
  }

  async append(id: string, change: Append): Promise<number> {
    const bodies = change.messages.map(messageToText);
    const now = new Date().toISOString();
    return this.#transaction("BEGIN IMMEDIATE", id, () => {
      const version = this.#row(id)?.version ?? 0;
      if (version !== change.expectedVersion) throw conflict(id, change.expectedVersion, version);
      const metadata = change.metadata === undefined ? null : JSON.stringify(change.metadata);
      this.#prepared(
        `INSERT INTO conversations (id, created_at, updated_at, version, head, title, metadata)
           VALUES (?1, ?2, ?2, 1, ?3, ?4, coalesce(?5, '{}'))
           ON CONFLICT (id) DO UPDATE SET updated_at = ?2, version = version + 1, head = ?3,
             title = coalesce(?4, title), metadata = coalesce(?5, metadata)`,
      ).run(id, now, change.head, change.title ?? null, metadata);
      const insert = this.#prepared("INSERT INTO messages (conversation, body) VALUES (?, ?)");
      for (const body of bodies) insert.run(id, body);
      return version + 1;
    });
  }

  async list({ limit = 100, after }: ListOptions = {}): Promise<ConversationRecord[]> {
    return this.#transaction("BEGIN", "list", () => {
      const rows = this.#prepared(
        `SELECT * FROM conversations WHERE (updated_at, id) < (?, ?)
           ORDER BY updated_at DESC, id DESC LIMIT ?`,
      )
        // "9" comes after every time.
        .all(after?.updatedAt ?? "9", after?.id ?? "", limit);
      return (rows as Row[]).map(recordOf);
    });
  }

  async delete(id: string): Promise<boolean> {
    return this.#transaction("BEGIN IMMEDIATE", id, () => {
      this.#prepared("DELETE FROM messages WHERE conversation = ?").run(id);
      return this.#prepared("DELETE FROM conversations WHERE id = ?").run(id).changes > 0;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#db.close();
  }

  #row(id: string): Row | undefined {
    return this.#prepared("SELECT * FROM conversations WHERE id = ?").get(id) as Row | undefined;
  }

  #prepared(sql: string): Database.Statement {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs something as a whole or not at all, as soon as nobody else writes. */
  async #transaction<T>(begin: "BEGIN" | "BEGIN IMMEDIATE", what: string, run: () => T): Promise<T> {
    try {
      return await patiently(() => this.#run(begin, run));
    } catch (thrown) {
      throw thrown instanceof SluiceError ? thrown : storeFailed(what, thrown);
    }
  }

  #run<T>(begin: "BEGIN" | "BEGIN IMMEDIATE", run: () => T): T {
    // The driver ends the process when a closed file is used.
    if (this.#closed) throw new SluiceError("store-failed", `SQLite store, ${this.#path}: it was closed`);
    try {
      this.#db.exec(begin);
      const result = run();
      this.#db.exec("COMMIT");
      return result;
    } catch (thrown) {
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
      throw thrown;
    }
  }
}

/** Tries again while another writes to the file, without keeping this process from its other work. */
async function patiently<T>(run: () => T): Promise<T> {
  const until = systemClock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return run();
    } catch (thrown) {
      if (!isBusy(thrown) || systemClock.now() >= until) throw thrown;
      await wait(Math.random() * PAUSE_MS, systemClock);
    }
  }
}

/** Whether another writes. The driver gives the code of some errors only. */
function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && /^database (table )?is locked$/.test(thrown.message);
}

function recordOf(row: Row): ConversationRecord {
  const { id, created_at: createdAt, updated_at: updatedAt, version, head, title, metadata } = row;
  return {
    id,
    createdAt,
    updatedAt,
    version,
    head,
    ...(title !== null && { title }),
    metadata: JSON.parse(metadata),
  };
}

function storeFailed(what: string, cause: unknown): SluiceError {
  return new SluiceError("store-failed", `SQLite store, ${what}: ${messageOf(cause)}`, {
    cause,
    retryable: isBusy(cause),
  });
}
