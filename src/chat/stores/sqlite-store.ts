import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { openDriver } from "../../sqlite/open-driver.js";
import { isBusy, isReadOnly, type SqliteDriver, type SqliteOpening } from "../../sqlite/sqlite-driver.js";
import {
  BLOCKED_MS,
  inTransaction,
  patiently,
  SqliteTransactions,
  type TransactionKind,
} from "../../sqlite/sqlite-transactions.js";
import { filledString } from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { checkAppend } from "../check-append.js";
import { checkListOptions } from "../check-list-options.js";
import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../conversation-store.js";
import { messageToText } from "../message-json.js";
import { conflict } from "./conflict.js";
import { type ConversationRow, recordOf, storedConversation } from "./conversation-row.js";
import { checkSchemaVersion, SCHEMA_VERSION } from "./schema-version.js";

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

type Row = ConversationRow<string>;

const IN_MEMORY = ":memory:";

/**
 * Keeps conversations in one SQLite file, which several processes may use at once. What was appended survives the process
 * being killed, and stands in the file itself as soon as nobody reads what was there before: a copy of the file is a copy of
 * the conversations. Uses `node:sqlite` (Node 22.13 and later), or the package `@appthreat/sqlite3`.
 */
export class SqliteStore implements ConversationStore {
  /** Whether the file cannot be written: it can be read all the same. */
  readonly readOnly: boolean;
  readonly #driver: SqliteDriver;
  readonly #path: string;
  readonly #transactions: SqliteTransactions;
  #closed = false;

  private constructor(driver: SqliteDriver, path: string, readOnly: boolean) {
    this.#driver = driver;
    this.#transactions = new SqliteTransactions(driver, path);
    this.#path = path;
    this.readOnly = readOnly;
  }

  /**
   * Opens the file, and makes it and its folder where they are missing. A file that cannot be written, for itself or for its
   * folder, is opened for reading.
   *
   * @param path of the file, or `:memory:`.
   * @throws {SluiceError} `store-failed`, also for a file that another version of this store or something else has written;
   *   `invalid-argument` for a path with NUL; `unsupported` where a package is needed and not installed.
   */
  static async open(path: string): Promise<SqliteStore> {
    filledString(path, "path");
    // SQLite would open what stands before it.
    if (path.includes("\0")) throw invalid("path", path, "a path without NUL");
    try {
      if (path !== IN_MEMORY) mkdirSync(dirname(resolve(path)), { recursive: true });
      return await openForWriting(path, (driver) => new SqliteStore(driver, path, false));
    } catch (thrown) {
      if (thrown instanceof SluiceError) throw thrown;
      if (path === IN_MEMORY || !isReadOnly(thrown) || !existsSync(path)) throw storeFailed(path, "open", thrown);
    }
    try {
      const driver = await openDriver(readOnlyOpening(path));
      await checked(driver, path);
      return new SqliteStore(driver, path, true);
    } catch (thrown) {
      throw storeFailed(path, "open", thrown);
    }
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    // Both reads see one state of the file, whatever another process appends meanwhile.
    return this.#transaction("BEGIN", id, async (driver) => {
      const row = await rowOf(driver, id);
      if (row === undefined) return undefined;
      const bodies = await driver.all<{ body: string }>(
        "SELECT body FROM messages WHERE conversation = ? ORDER BY seq",
        [id],
      );
      return storedConversation(row, bodies, `SQLite store, ${this.#path}, ${id}`);
    });
  }

  async append(id: string, change: Append): Promise<number> {
    checkAppend(id, change);
    const bodies = change.messages.map(messageToText);
    const now = new Date().toISOString();
    const metadata = change.metadata === undefined ? null : JSON.stringify(change.metadata);
    const title = change.title ?? null;
    return this.#transaction("BEGIN IMMEDIATE", id, async (driver) => {
      const found = (await rowOf(driver, id))?.version ?? 0;
      if (found !== change.expectedVersion) throw conflict(id, change.expectedVersion, found);
      await driver.run(
        `INSERT INTO conversations (id, created_at, updated_at, version, head, title, metadata)
           VALUES (?, ?, ?, 1, ?, ?, coalesce(?, '{}'))
           ON CONFLICT (id) DO UPDATE SET updated_at = ?, version = version + 1, head = ?,
             title = coalesce(?, title), metadata = coalesce(?, metadata)`,
        [id, now, now, change.head, title, metadata, now, change.head, title, metadata],
      );
      for (const body of bodies) {
        await driver.run("INSERT INTO messages (conversation, body) VALUES (?, ?)", [id, body]);
      }
      return found + 1;
    });
  }

  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    const { limit = 100, after, prefix = "" } = options;
    return this.#transaction("BEGIN", "list", async (driver) => {
      const rows = await driver.all<Row>(
        `SELECT * FROM conversations WHERE (updated_at, id) < (?, ?) AND substr(id, 1, length(?)) = ?
           ORDER BY updated_at DESC, id DESC LIMIT ?`,
        // "9" comes after every time.
        [after?.updatedAt ?? "9", after?.id ?? "", prefix, prefix, limit],
      );
      return rows.map(recordOf);
    });
  }

  async delete(id: string): Promise<boolean> {
    return this.#transaction("BEGIN IMMEDIATE", id, async (driver) => {
      await driver.run("DELETE FROM messages WHERE conversation = ?", [id]);
      return (await driver.run("DELETE FROM conversations WHERE id = ?", [id])) > 0;
    });
  }

  /** Closes the file, once what runs has ended. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#transactions.idle();
    await this.#driver.close();
  }

  /** Runs something as a whole or not at all, as soon as nobody else writes. */
  async #transaction<T>(kind: TransactionKind, what: string, run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    // A driver may end the process when a closed file is used.
    if (this.#closed) throw new SluiceError("store-failed", `SQLite store, ${this.#path}: it was closed`);
    try {
      return await this.#transactions.alone(async (driver) => {
        const result = await inTransaction(driver, kind, run);
        if (kind === "BEGIN IMMEDIATE") await intoFile(driver);
        return result;
      });
    } catch (thrown) {
      throw thrown instanceof SluiceError ? thrown : storeFailed(this.#path, what, thrown);
    }
  }
}

async function openForWriting<T>(path: string, make: (driver: SqliteDriver) => T): Promise<T> {
  const driver = await openDriver({ path, readOnly: false, uri: false });
  try {
    await patiently(async () => {
      await driver.exec(`PRAGMA busy_timeout = ${BLOCKED_MS}`);
      const found = await versionOf(driver);
      if (found !== 0) checkSchemaVersion(`SQLite store, ${path}`, found);
      await driver.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
      if (found !== 0) return;
      await inTransaction(driver, "BEGIN IMMEDIATE", async () => {
        // Another process may have made them meanwhile.
        if ((await versionOf(driver)) !== 0) return;
        await refuseForeign(driver, path);
        await driver.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
      });
    });
    // A file whose folder cannot be written is found out by writing alone.
    if (path !== IN_MEMORY) await patiently(() => inTransaction(driver, "BEGIN IMMEDIATE", async () => {}));
    return make(driver);
  } catch (thrown) {
    await driver.close();
    throw thrown;
  }
}

/** A database of something else may have tables of these names, and no version of ours. */
async function refuseForeign(driver: SqliteDriver, path: string): Promise<void> {
  const taken = "SELECT name FROM sqlite_master WHERE name IN ('conversations', 'messages')";
  const [found] = await driver.all<{ name: string }>(taken, []);
  if (found === undefined) return;
  const message = `SQLite store, ${path}: it is a database of something else, with a table ${found.name} of its own`;
  throw new SluiceError("store-failed", message);
}

/** Nothing is left of a log: the file can be read as it is, without the files that SQLite puts beside it. */
function readOnlyOpening(path: string): SqliteOpening {
  const log = `${path}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return { path, readOnly: true, uri: false };
  return { path: `${pathToFileURL(resolve(path)).href}?immutable=1`, readOnly: true, uri: true };
}

async function checked(driver: SqliteDriver, path: string): Promise<void> {
  try {
    checkSchemaVersion(`SQLite store, ${path}`, await versionOf(driver));
  } catch (thrown) {
    await driver.close();
    throw thrown;
  }
}

async function versionOf(driver: SqliteDriver): Promise<number> {
  const [row] = await driver.all<{ user_version: number }>("PRAGMA user_version", []);
  return row?.user_version ?? 0;
}

async function rowOf(driver: SqliteDriver, id: string): Promise<Row | undefined> {
  const [row] = await driver.all<Row>("SELECT * FROM conversations WHERE id = ?", [id]);
  return row;
}

/** Moves what was appended from the log into the file, as far as nobody reads what was there. A failure loses nothing. */
async function intoFile(driver: SqliteDriver): Promise<void> {
  await driver.exec("PRAGMA wal_checkpoint(PASSIVE)").catch(() => {});
}

function storeFailed(path: string, what: string, cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause;
  return new SluiceError("store-failed", `SQLite store, ${path}, ${what}: ${messageOf(cause)}`, {
    cause,
    retryable: isBusy(cause),
  });
}
