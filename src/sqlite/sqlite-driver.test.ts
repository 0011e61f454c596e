import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openWithAddon } from "./addon-sqlite-driver.js";
import { nodeSqlite } from "./node-sqlite-driver.js";
import { isBusy, type SqliteDriver, type SqliteOpening } from "./sqlite-driver.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const writable = (path: string): SqliteOpening => ({ path, readOnly: false, uri: false });

const drivers: [string, ((opening: SqliteOpening) => SqliteDriver | Promise<SqliteDriver>) | undefined][] = [
  ["@appthreat/sqlite3", openWithAddon],
  ["node:sqlite", nodeSqlite()],
];

test.each(drivers.filter(([, open]) => open !== undefined))(
  "%s keeps values, counts changes and tells that it is busy",
  async (name, open) => {
    const path = join(folder, `${name.replace(/\W/g, "-")}.db`);
    const driver = await open?.(writable(path));
    const other = await open?.(writable(path));
    if (driver === undefined || other === undefined) throw new Error("a driver is missing");
    await driver.exec("CREATE TABLE t (a, b); PRAGMA busy_timeout = 0;");
    await other.exec("PRAGMA busy_timeout = 0");
    expect(await driver.run("INSERT INTO t VALUES (?, ?), (?, ?)", ["Grüße 😀", null, 1.5, 2])).toBe(2);
    expect(await driver.all("SELECT * FROM t WHERE a = ?", [1.5])).toEqual([{ a: 1.5, b: 2 }]);
    expect(await driver.all("SELECT a FROM t WHERE b IS NULL", [])).toEqual([{ a: "Grüße 😀" }]);
    await driver.exec("BEGIN IMMEDIATE");
    const busy = await other.exec("BEGIN IMMEDIATE").catch((thrown: unknown) => thrown);
    expect(isBusy(busy)).toBe(true);
    await driver.exec("ROLLBACK");
    await driver.close();
    await other.close();
  },
);
