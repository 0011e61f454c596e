import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, expect, test } from "vitest";
import { SqliteStore } from "./sqlite-store.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-sqlite-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const append = { expectedVersion: 0, messages: [], head: null };

test("waits for another process that writes, and does not keep this one from its work", async () => {
  const path = join(folder, "locked.db");
  const store = await SqliteStore.open(path);
  const other = new Database(path);
  other.exec("BEGIN IMMEDIATE");
  setImmediate(() => other.exec("ROLLBACK"));
  expect(await store.append("a", append)).toBe(1);
  other.close();
  await store.close();
});

test("a store that was closed says so, however often it is closed", async () => {
  const path = join(folder, "closed.db");
  const store = await SqliteStore.open(path);
  await store.append("a", append);
  await store.close();
  await store.close();
  const closed = { code: "store-failed", message: `SQLite store, ${path}: it was closed` };
  await expect(store.append("a", append)).rejects.toMatchObject(closed);
  await expect(store.load("a")).rejects.toMatchObject(closed);
  await expect(store.list()).rejects.toMatchObject(closed);
  await expect(store.delete("a")).rejects.toMatchObject(closed);
});
