import type { Database } from "@appthreat/sqlite3";
import { loadPeer } from "../../stream/load-peer.js";
import type { SqliteDriver, SqliteOpening, SqliteValue } from "./sqlite-driver.js";

/** Flags of `sqlite3_open_v2` (https://www.sqlite.org/c3ref/c_open_autoproxy.html). */
const OPEN = { readOnly: 0x1, readWrite: 0x2, create: 0x4, uri: 0x40, fullMutex: 0x1_0000 } as const;

const PACKAGE = "@appthreat/sqlite3";

/**
 * Opens a file with the package `@appthreat/sqlite3`, for a Node without `node:sqlite`. It brings its binaries along, and its
 * `close()` closes.
 */
export async function openWithAddon({ path, readOnly, uri }: SqliteOpening): Promise<SqliteDriver> {
  const sqlite = await loadPeer(
    PACKAGE,
    "the SQLite store on this version of Node",
    () => import("@appthreat/sqlite3"),
  );
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

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#database.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  run(sql: string, values: readonly SqliteValue[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#database.run(sql, [...values], function (error) {
        if (error) reject(error);
        else resolve(this.changes);
      });
    });
  }

  all<Row>(sql: string, values: readonly SqliteValue[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#database.all<Row>(sql, [...values], (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#database.close((error) => (error ? reject(error) : resolve()));
    });
  }
}
