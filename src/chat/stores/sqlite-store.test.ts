import { copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { uuid } from "../../base/uuid.js";
import { scripted } from "../../models/scripted.js";
import { openWithAddon } from "../../sqlite/addon-sqlite-driver.js";
import type { SqliteOpening } from "../../sqlite/sqlite-driver.js";
import { Conversation } from "../conversation.js";
import type { StoredMessage } from "../conversation-store.js";
import { SqliteStore } from "./sqlite-store.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-sqlite-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const append = { expectedVersion: 0, messages: [], head: null };
const message: StoredMessage = {
  id: "m",
  parentId: null,
  message: { role: "user", content: "Hi" },
  createdAt: "2026-01-02T03:04:05.678Z",
  status: "complete",
};
const writable = (path: string): SqliteOpening => ({ path, readOnly: false, uri: false });

test("waits for another process that writes, and does not keep this one from its work", async () => {
  const path = join(folder, "locked.db");
  const store = await SqliteStore.open(path);
  const other = await openWithAddon(writable(path));
  await other.exec("BEGIN IMMEDIATE");
  const appended = store.append("a", append);
  await other.exec("ROLLBACK");
  expect(await appended).toBe(1);
  await other.close();
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

test("what runs when it is closed ends first", async () => {
  const store = await SqliteStore.open(join(folder, "closing.db"));
  const appended = store.append("a", append);
  await store.close();
  expect(await appended).toBe(1);
});

test.skipIf(!existsSync("/proc/self/fd"))(
  "close closes all descriptors, and leaves nothing beside the file",
  async () => {
    const path = join(folder, "many.db");
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const before = descriptors();
    for (let version = 0; version < 20; version++) {
      const store = await SqliteStore.open(path);
      await store.append("a", { ...append, expectedVersion: version });
      await store.load("a");
      await store.close();
    }
    expect(descriptors()).toBeLessThanOrEqual(before + 1);
    expect(readdirSync(folder).filter((name) => name.startsWith("many"))).toEqual(["many.db"]);
  },
);

test("a copy of the file alone has what was appended, while the store is open", async () => {
  const path = join(folder, "open.db");
  const store = await SqliteStore.open(path);
  await store.append("a", { expectedVersion: 0, messages: [message], head: "m" });
  copyFileSync(path, join(folder, "copy.db"));
  const copy = await SqliteStore.open(join(folder, "copy.db"));
  expect(await copy.load("a")).toMatchObject({ messages: [message] });
  await copy.close();
  await store.close();
});

test("a file of another version is refused by its name, before the model is asked", async () => {
  const path = join(folder, "newer.db");
  const newer = await openWithAddon(writable(path));
  await newer.exec("PRAGMA user_version = 7");
  await newer.close();
  const model = scripted([["never"]]);
  const conversation = new Conversation({ model, store: path });
  await expect(conversation.send("Hi")).rejects.toMatchObject({
    code: "store-failed",
    message: `SQLite store, ${path}: it has schema version 7, and this version of Sluice reads 1`,
  });
  expect(model.requests).toEqual([]);
});

test("what is no database, and what is no file, is named", async () => {
  const named = (path: string) => ({ code: "store-failed", message: expect.stringContaining(path) });
  await expect(SqliteStore.open(folder)).rejects.toMatchObject(named(folder));
  const path = join(folder, "conversation.txt");
  copyFileSync(new URL(import.meta.url).pathname, path);
  await expect(SqliteStore.open(path)).rejects.toMatchObject(named(path));
});

test("a file is read as it is where nothing can be written beside it", async () => {
  const path = join(folder, "still.db");
  const store = await SqliteStore.open(path);
  await store.append("a", { expectedVersion: 0, messages: [message], head: "m" });
  await store.close();
  const uri = `${pathToFileURL(path).href}?immutable=1`;
  const driver = await openWithAddon({ path: uri, readOnly: true, uri: true });
  expect(await driver.all("SELECT id FROM conversations", [])).toEqual([{ id: "a" }]);
  await expect(driver.run("DELETE FROM conversations", [])).rejects.toMatchObject({ code: "SQLITE_READONLY" });
  await driver.close();
});

test("nothing is asked of the model where the answer could not be kept", async () => {
  const store = await SqliteStore.open(join(folder, "kept.db"));
  await store.append("a", { expectedVersion: 0, messages: [message], head: "m" });
  const model = scripted([["never"]]);
  const conversation = new Conversation({
    model,
    contextId: "a",
    store: {
      readOnly: true,
      load: (id) => store.load(id),
      append: (id, change) => store.append(id, change),
      list: () => store.list(),
      delete: (id) => store.delete(id),
      close: () => store.close(),
    },
  });
  await expect(conversation.send("More")).rejects.toMatchObject({
    code: "store-failed",
    message: expect.stringContaining("can only be read"),
  });
  expect(model.requests).toEqual([]);
  expect(await conversation.export("text")).toContain("Hi");
  await store.close();
});

test.each<[string, (path: string) => void]>([
  ["removed", rmSync],
  ["replaced", (path) => renameSync(copied(path), path)],
])(
  "a file that was %s while it was open takes no turn, and the model is not paid for the next one",
  async (_, change) => {
    const path = join(folder, `gone-${uuid()}.db`);
    const store = await SqliteStore.open(path);
    const model = scripted([["Yes."], ["No."]]);
    const conversation = new Conversation({ model, store });
    await conversation.send("Hi");
    change(path);
    const lost = { code: "store-failed", message: `the file ${path} was removed or replaced while it was open` };
    await expect(conversation.send("Are you there?")).rejects.toMatchObject(lost);
    await expect(conversation.send("Are you?")).rejects.toMatchObject(lost);
    expect(model.requests).toHaveLength(2);
    await store.close();
  },
);

function copied(path: string): string {
  copyFileSync(path, `${path}.copy`);
  return `${path}.copy`;
}

test("a database of something else is left as it is", async () => {
  const path = join(folder, "foreign.db");
  const other = await openWithAddon(writable(path));
  await other.exec("CREATE TABLE messages (text TEXT)");
  await other.close();
  await expect(SqliteStore.open(path)).rejects.toMatchObject({
    code: "store-failed",
    message: `SQLite store, ${path}: it is a database of something else, with a table messages of its own`,
  });
  await expect(SqliteStore.open(`${path}\0.db`)).rejects.toMatchObject({ code: "invalid-argument", field: "path" });
});

test.each(["{oops", "null", '{"id":"m"}', '{"id":"m","message":{"role":"king","content":"x"}}'])(
  "a damaged message is told with its conversation: %s",
  async (body) => {
    const path = join(folder, `damaged-${uuid()}.db`);
    const store = await SqliteStore.open(path);
    await store.append("a", { ...append, messages: [message], head: "m" });
    const other = await openWithAddon(writable(path));
    await other.run("UPDATE messages SET body = ?", [body]);
    await other.close();
    await expect(store.load("a")).rejects.toMatchObject({
      code: "store-failed",
      message: `SQLite store, ${path}, a: a stored message is damaged: ${body}`,
    });
    await store.close();
  },
);
