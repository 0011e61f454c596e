import { openWithAddon } from "./addon-sqlite-driver.js";
import { nodeSqlite } from "./node-sqlite-driver.js";
import type { SqliteDriver, SqliteOpening } from "./sqlite-driver.js";

/**
 * Opens a SQLite file with `node:sqlite` where Node has it (22.13 and later), else with the package `@appthreat/sqlite3`.
 *
 * @throws {SluiceError} `unsupported` where the package is needed and not installed; what SQLite throws.
 */
export async function openDriver(opening: SqliteOpening): Promise<SqliteDriver> {
  const open = nodeSqlite();
  return open === undefined ? openWithAddon(opening) : open(opening);
}
