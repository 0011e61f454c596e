import type { Database, Statement } from "@appthreat/sqlite3";
import { loadPeer } from "../stream/load-peer.js";
import type { SqliteDriver, SqliteOpening, SqliteValue } from "./sqlite-driver.js";

/** Flags of `sqlite3_open_v2` (https://www.sqlite.org/c3ref/c_open_autoproxy.html). */
const OPEN = { readOnly: 0x1, readWrite: 0x2, create: 0x4, uri: 0x40, fullMutex: 0x1_0000 } as const;

/**
 * Opens a file with the package `@appthreat/sqlite3`, for a Node without `node:sqlite`. It brings its binaries along, and its
 * `close()` closes.
 */
export async function openWithAddon({ path, readOnly, uri }: SqliteOpening): Promise<SqliteDriver> {
  const sqlite = await loadPeer("@appthreat/sqlite3", "SQLite on this version of Node");
  const mode = (readOnly ? OPEN.readOnly : OPEN.readWrite | OPEN.create) | OPEN.fullMutex | (uri ? OPEN.uri : 0);
  const database = await new Promise<Database>((resolve, reject) => {
    const opened: Database = new sqlite.Database(path, mode, (error: Error | null) =>
      error ? reject(error) : resolve(opened),
    );
  });
  return new AddonSqliteDriver(database);
}

class AddonSqliteDriver implements SqliteDriver {
  readonly #database: Database;
  /** Statements by their text: each is compiled once, and ended before the connection is. */
  readonly #statements = new Map<string, Promise<Statement>>();

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#database.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  async run(sql: string, values: readonly SqliteValue[]): Promise<number> {
    const statement = await this.#prepared(sql);
    return new Promise((resolve, reject) => {
      statement.run([...values], function (error) {
        if (error) reject(error);
        else resolve(this.changes);
      });
    });
  }

  async all<Row>(sql: string, values: readonly SqliteValue[]): Promise<Row[]> {
    const statement = await this.#prepared(sql);
    return new Promise((resolve, reject) => {
      statement.all<Row>([...values], (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }

  async close(): Promise<void> {
    for (const prepared of this.#statements.values()) await prepared.then(finalized, () => {});
    this.#statements.clear();
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) => (error ? reject(error) : resolve()));
    });
  }

  #prepared(sql: string): Promise<Statement> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = new Promise<Statement>((resolve, reject) => {
      const statement = this.#database.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
    });
    this.#statements.set(sql, prepared);
    prepared.catch(() => this.#statements.delete(sql));
    return prepared;
  }
}

function finalized(statement: Statement): Promise<void> {
  return new Promise((resolve) => statement.finalize(() => resolve()));
}
