import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import type { ConversationRecord, ConversationStore, StoredMessage } from "../../src/chat/conversation-store.js";
import { scripted } from "../../src/models/scripted.js";
import { textOf } from "../../src/stream/message.js";

function said(id: string, parentId: string | null, text: string): StoredMessage {
  return {
    id,
    parentId,
    message: { role: "user", content: text },
    createdAt: "2026-01-02T03:04:05.678Z",
    status: "complete",
  };
}

/** What every conversation store must do. `open` may be called several times and gives stores over the same data. */
export function storeContract(name: string, open: () => Promise<ConversationStore>): void {
  describe(`the ${name} store`, () => {
    let store: ConversationStore;
    let id = "";
    let count = 0;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    const fresh = () => {
      id = `conversation-${name}-${count++}`;
      return id;
    };

    test("knows nothing of what was never stored", async () => {
      expect(await store.load(fresh())).toBeUndefined();
      expect(await store.delete(id)).toBe(false);
    });

    test("gives back what was appended, to another process as well", async () => {
      await store.append(fresh(), { expectedVersion: 0, messages: [said("a", null, "Hi")], head: "a" });
      await store.append(id, {
        expectedVersion: 1,
        messages: [said("b", "a", "one"), said("c", "b", "two")],
        head: "c",
        title: "Grüße 😀",
        metadata: { "": "Grüße 😀", n: 1 },
      });
      const other = await open();
      try {
        expect(await other.load(id)).toMatchObject({
          id,
          version: 2,
          head: "c",
          title: "Grüße 😀",
          metadata: { "": "Grüße 😀", n: 1 },
          messages: [said("a", null, "Hi"), said("b", "a", "one"), said("c", "b", "two")],
        });
      } finally {
        await other.close();
      }
    });

    test("keeps bytes, provider state and every field of a message", async () => {
      const message: StoredMessage = {
        id: "a",
        parentId: null,
        createdAt: "2026-01-02T03:04:05.678Z",
        status: "interrupted",
        model: "m",
        finishReason: "length",
        usage: { inputTokens: 3, outputTokens: 5, raw: { a: [1, null, "x"] } },
        cost: 0.001,
        timing: { ttftMs: 12, durationMs: 345 },
        metadata: { mood: "fine" },
        summary: {
          text: "compacted",
          messages: [
            {
              role: "user",
              content: [{ type: "file", mediaType: "image/png", data: new Uint8Array([7, 254]) }],
            },
          ],
          upTo: "a",
        },
        message: {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm\u0001", opaque: { dialect: "anthropic", data: { signature: "EqQB+/=" } } },
            { type: "file", mediaType: "image/png", data: new Uint8Array([0, 1, 254, 255]) },
            { type: "tool-call", callId: "1", name: "look", input: { at: ["ü", 1.5, null] } },
          ],
        },
      };
      await store.append(fresh(), { expectedVersion: 0, messages: [message], head: "a" });
      expect((await store.load(id))?.messages).toEqual([message]);
    });

    test("keeps any text and any id", async () => {
      const text = "A\0B \ud83d <- half\u2028'\"\\ {%00} 😀\nmore";
      for (const contextId of [fresh(), `${fresh()} 😀/..%00 :{}'"\\\n`, fresh().padEnd(1_000, "x")]) {
        await new Conversation({ model: scripted([["Yes."]]), store, contextId }).send(text);
        const again = new Conversation({ model: scripted([]), store, contextId });
        expect((await again.messages()).map(({ message }) => textOf(message))).toEqual([text, "Yes."]);
        const record = (await store.list({ limit: 1_000 })).find((one) => one.id === contextId);
        expect(record?.title).toBe("A B   <- half");
      }
    });

    test("lists those whose ids begin with a text, page by page", async () => {
      const prefix = `${fresh()}%_:`;
      const ids = ["a", "b", "ü", "d"].map((name) => prefix + name);
      for (const one of [...ids, `x${prefix}e`]) {
        await store.append(one, { expectedVersion: 0, messages: [said("a", null, "Hi")], head: "a" });
      }
      expect((await store.list({ prefix })).map((record) => record.id).sort()).toEqual([...ids].sort());
      const paged: string[] = [];
      for (let page = await store.list({ prefix, limit: 3 }); page.length > 0; ) {
        paged.push(...page.map((record) => record.id));
        const after = page.at(-1);
        page = after === undefined ? [] : await store.list({ prefix, limit: 3, after });
      }
      expect(paged.sort()).toEqual([...ids].sort());
      expect(await store.list({ prefix: `${prefix}z` })).toEqual([]);
    });

    test("refuses an append that expects another version, and stores nothing of it", async () => {
      await store.append(fresh(), { expectedVersion: 0, messages: [said("a", null, "Hi")], head: "a" });
      for (const expectedVersion of [0, 2]) {
        await expect(
          store.append(id, { expectedVersion, messages: [said("x", "a", "lost?")], head: "x", metadata: { x: 1 } }),
        ).rejects.toMatchObject({ code: "conflict" });
      }
      expect(await store.load(id)).toMatchObject({ version: 1, head: "a", metadata: {}, messages: [{ id: "a" }] });
    });

    test("lets one of many writers win, each time", async () => {
      fresh();
      const stores = await Promise.all([open(), open(), open()]);
      let wins = 0;
      let conflicts = 0;
      const write = async (writer: ConversationStore, message: string) => {
        for (;;) {
          const expectedVersion = (await writer.load(id))?.version ?? 0;
          try {
            await writer.append(id, { expectedVersion, messages: [said(message, null, message)], head: message });
            wins++;
            return;
          } catch (error) {
            expect(error).toMatchObject({ code: "conflict" });
            conflicts++;
          }
        }
      };
      const names = Array.from({ length: 24 }, (_, index) => `m${index}`);
      await Promise.all(names.map((message, index) => write(stores[index % 3] as ConversationStore, message)));
      const stored = await store.load(id);
      expect(wins).toBe(24);
      expect(conflicts).toBeGreaterThanOrEqual(0);
      expect(stored?.version).toBe(24);
      expect(stored?.messages.map((message) => message.id).sort()).toEqual([...names].sort());
      await Promise.all(stores.map((writer) => writer.close()));
    });

    test("of two writers of one conversation one wins, and what the other said is kept as a branch", async () => {
      const stores = [await open(), await open()] as const;
      const contextId = fresh();
      const first = new Conversation({ model: scripted([["A1"], ["A2"]]), store: stores[0], contextId });
      await first.send("one");
      const second = new Conversation({ model: scripted([["B2"]]), store: stores[1], contextId });
      await second.messages();
      await first.send("two");
      await expect(second.send("also two")).rejects.toMatchObject({ code: "conflict", partial: { text: "B2" } });
      const third = new Conversation({ model: scripted([]), store, contextId });
      const texts = (messages: StoredMessage[]) => messages.map(({ message }) => textOf(message));
      expect(texts(await third.messages())).toEqual(["one", "A1", "two", "A2"]);
      expect(texts(await third.allMessages())).toEqual(["one", "A1", "two", "A2", "also two", "B2"]);
      await Promise.all(stores.map((writer) => writer.close()));
    });

    test("keeps its title and its data until they are replaced", async () => {
      await store.append(fresh(), { expectedVersion: 0, messages: [], head: null });
      expect(await store.load(id)).not.toHaveProperty("title");
      await store.append(id, { expectedVersion: 1, messages: [], head: null, title: "A", metadata: { a: 1 } });
      await store.append(id, { expectedVersion: 2, messages: [], head: null });
      expect(await store.load(id)).toMatchObject({ title: "A", metadata: { a: 1 } });
    });

    test("lists conversations, and deletes them", async () => {
      const ids = [fresh(), fresh(), fresh()];
      for (const one of ids) {
        await store.append(one, { expectedVersion: 0, messages: [said("a", null, "Hi")], head: "a", title: one });
      }
      const listed = (await store.list()).filter((record) => ids.includes(record.id));
      expect(listed.map((record) => record.title).sort()).toEqual(ids);
      expect(listed[0]).not.toHaveProperty("messages");
      expect(await store.list({ limit: 1 })).toHaveLength(1);
      expect(await store.delete(ids[0] as string)).toBe(true);
      expect(await store.load(ids[0] as string)).toBeUndefined();
      expect((await store.list()).map((record) => record.id)).not.toContain(ids[0]);
    });

    test("pages through all conversations, each once, though many were updated in the same millisecond", async () => {
      // All of a batch are under way at once, so that many share their time.
      await Promise.all(
        Array.from({ length: 30 }, () => store.append(fresh(), { expectedVersion: 0, messages: [], head: null })),
      );
      const all = (await store.list({ limit: 1_000 })).map((record) => record.id);
      for (const limit of [1, 7]) {
        const paged: string[] = [];
        let after: ConversationRecord | undefined;
        do {
          const page: ConversationRecord[] = await store.list({ limit, ...(after && { after }) });
          paged.push(...page.map((record) => record.id));
          after = page.at(-1);
        } while (after !== undefined);
        expect(paged).toEqual(all);
      }
    });

    test("goes on after a conversation that was updated or deleted since its page was read", async () => {
      const ids = [fresh(), fresh(), fresh()];
      for (const one of ids) await store.append(one, { expectedVersion: 0, messages: [], head: null });
      const before = await store.list({ limit: 1_000 });
      const at = before.findIndex((record) => record.id === ids[1]);
      const after = before[at] as ConversationRecord;
      const rest = before.slice(at + 1).map((record) => record.id);
      await store.append(after.id, { expectedVersion: 1, messages: [], head: null });
      expect((await store.list({ limit: 1_000, after })).map((record) => record.id).slice(-rest.length)).toEqual(rest);
      await store.delete(after.id);
      expect((await store.list({ limit: 1_000, after })).map((record) => record.id)).toEqual(rest);
      expect((await store.list({ limit: 1_000 })).map((record) => record.id)).not.toContain(after.id);
    });
  });
}

/** For stores that hand messages on as arguments. */
export function takesMoreMessagesThanArguments(name: string, open: () => Promise<ConversationStore>): void {
  test(`the ${name} store takes more messages at once than a function can have arguments`, async () => {
    const store = await open();
    const messages = Array.from({ length: 130_000 }, (_, index) => said(String(index), null, "x"));
    await store.append("many", { expectedVersion: 0, messages, head: "0" });
    expect((await store.load("many"))?.messages).toHaveLength(messages.length);
    await store.delete("many");
    await store.close();
  });
}
