import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { scripted } from "../models/scripted.js";
import { Conversation } from "./conversation.js";
import { defaultStoreLocation, openStore, registerStore } from "./open-store.js";
import { StoreHandle } from "./store-handle.js";
import { MemoryStore } from "./stores/memory-store.js";
import { SqliteStore } from "./stores/sqlite-store.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-open-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe("a store's address", () => {
  test.each([
    ["a path", join(folder, "a", "chats.db"), join(folder, "a", "chats.db")],
    ["a folder", `${folder}/b/`, join(folder, "b", "conversations.db")],
    ["a folder that is there", folder, join(folder, "conversations.db")],
    ["a file: URL", pathToFileURL(join(folder, "c d.db")).href, join(folder, "c d.db")],
  ])("may be %s", async (_what, where, file) => {
    const store = await openStore(where);
    expect(store).toBeInstanceOf(SqliteStore);
    await store.close();
    expect(existsSync(file)).toBe(true);
  });

  test.each([
    ["mysql://root:secret@localhost/chats", "invalid-argument", "a path of a file, postgres://… or redis://…"],
    ["", "invalid-argument", "a path or a URL"],
    ["redis://127.0.0.1:9", "store-failed", "Redis store"],
    ["postgres://127.0.0.1:9/none", "store-failed", "PostgreSQL store"],
    ["/dev/null/chats.db", "store-failed", "SQLite store"],
  ])("that is %j is an error", async (where, code, why) => {
    const error = await openStore(where).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(why);
    expect(String(error)).not.toContain("secret");
  });

  test("is the file in SLUICE_DATA by default", () => {
    expect(defaultStoreLocation({ SLUICE_DATA: "/data" })).toBe("/data/conversations.db");
    expect(defaultStoreLocation({})).toBeUndefined();
    vi.stubEnv("SLUICE_DATA", "");
    expect(new StoreHandle().where).toBeInstanceOf(MemoryStore);
  });
});

describe("a conversation", () => {
  test("is kept in SLUICE_DATA, and closes the file with the last that uses it", async () => {
    vi.stubEnv("SLUICE_DATA", join(folder, "data"));
    const close = vi.spyOn(SqliteStore.prototype, "close");
    const first = new Conversation({ model: scripted([["A1"]]) });
    await first.send("one");
    const second = new Conversation({ model: scripted([]), contextId: first.contextId });
    expect(await second.messages()).toHaveLength(2);
    await first.close();
    expect(close).not.toHaveBeenCalled();
    expect(await second.allMessages()).toHaveLength(2);
    await second.close();
    expect(close).toHaveBeenCalledTimes(1);
    close.mockRestore();
    const again = new Conversation({ model: scripted([]), contextId: first.contextId });
    expect(await again.messages()).toHaveLength(2);
    await again.close();
  });

  test("tries again to open a store that could not be opened", async () => {
    const file = join(folder, "later", "chats.db");
    const open = vi.spyOn(SqliteStore, "open").mockRejectedValueOnce(new Error("not yet"));
    const conversation = new Conversation({ model: scripted([]), store: file });
    await expect(conversation.messages()).rejects.toThrow("not yet");
    expect(await conversation.messages()).toEqual([]);
    await conversation.close();
    open.mockRestore();
  });
});

describe("stores of somebody else", () => {
  test("are opened by the scheme that they are registered with", async () => {
    const store = new MemoryStore();
    const urls: string[] = [];
    registerStore("Tests", (url) => {
      urls.push(url);
      return store;
    });
    const conversation = new Conversation({ model: scripted([["Hello."]]), store: "tests://here", contextId: "c" });
    await conversation.send("Hi");
    expect(urls).toEqual(["tests://here"]);
    expect(await store.load("c")).toMatchObject({ version: 1 });
    await expect(openStore("other://here")).rejects.toThrow("tests://…");
  });

  test.each([
    ["scheme", "redis"],
    ["scheme", "no scheme"],
    ["scheme", ""],
  ])("%s cannot be %j", (field, scheme) => {
    expect(() => registerStore(scheme, () => new MemoryStore())).toThrow(
      expect.objectContaining({ code: "invalid-argument", field }),
    );
  });
});
