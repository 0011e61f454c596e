import { describe, expect, test } from "vitest";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { Append } from "./conversation-store.js";
import { MemoryStore } from "./stores/memory-store.js";

const fast = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
const texts = async (conversation: Conversation) =>
  (await conversation.messages()).map(({ message }) => textOf(message));

describe("writers of one conversation", () => {
  test("of two writers one wins, and what the other said is kept as a branch", async () => {
    const store = new MemoryStore();
    const first = new Conversation({ model: scripted([["A1"], ["A2"]]), store });
    await first.send("one");
    const second = new Conversation({ model: scripted([["B2"]]), store, contextId: first.contextId });
    await second.messages();
    await first.send("two");
    await expect(second.send("also two")).rejects.toMatchObject({ code: "conflict", partial: { text: "B2" } });
    expect(await texts(second)).toEqual(["one", "A1", "two", "A2"]);
    const all = await second.allMessages();
    const kept = all.find(({ message }) => textOf(message) === "also two");
    expect((await second.branches(kept?.id ?? "")).map(({ message }) => textOf(message))).toEqual(["two", "also two"]);
  });

  test("a writer that lost is not in the way of the one that won", async () => {
    const store = new MemoryStore();
    const first = new Conversation({ model: scripted([["A1"], ["A2"], ["A3"]]), store });
    await first.send("one");
    const second = new Conversation({ model: scripted([["B2"]]), store, contextId: first.contextId });
    await second.messages();
    await first.send("two");
    await expect(second.send("also two")).rejects.toMatchObject({ code: "conflict" });
    await second.setTitle("Renamed");
    await first.send("three");
    expect(await texts(first)).toEqual(["one", "A1", "two", "A2", "three", "A3"]);
    expect(await first.title()).toBe("Renamed");
    expect(await first.allMessages()).toHaveLength(8);
  });

  test("an append that was done twice, because its answer was lost, is done", async () => {
    const store = new MemoryStore();
    const append = store.append.bind(store);
    store.append = async (id, change) => {
      await append(id, change);
      return append(id, change);
    };
    const conversation = new Conversation({ model: scripted([["A1"], ["A2"]]), store });
    await conversation.send("one");
    await conversation.send("two");
    expect((await conversation.allMessages()).map(({ message }) => textOf(message))).toEqual([
      "one",
      "A1",
      "two",
      "A2",
    ]);
  });

  test("goes on from what the store has after an append whose answer was lost", async () => {
    const store = new MemoryStore();
    const lossy = Object.assign(Object.create(store) as MemoryStore, {
      async append(id: string, change: Append) {
        await store.append(id, change);
        if (change.messages.some(({ message }) => textOf(message) === "one")) throw new Error("connection reset");
        return change.expectedVersion + 1;
      },
      load: (id: string) => store.load(id),
    });
    const conversation = new Conversation({ model: fast, store: lossy });
    await expect(conversation.send("one")).rejects.toMatchObject({ message: "connection reset" });
    await conversation.send("two");
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual(["one", "one", "two", "two"]);
  });

  test("says so where the store has lost messages", async () => {
    const store = new MemoryStore();
    await new Conversation({ model: fast, store, contextId: "a" }).send("one");
    const forgetful = Object.assign(Object.create(store) as MemoryStore, {
      load: async (id: string) => ({ ...(await store.load(id)), messages: [] }),
    });
    const conversation = new Conversation({ model: fast, store: forgetful, contextId: "a" });
    await expect(conversation.send("two")).rejects.toMatchObject({
      code: "store-failed",
      message: expect.stringMatching(/^conversation "a": its last message \S+ is not in the store any more$/),
    });
  });
});

describe("a turn that could not be stored", () => {
  const failing = () => {
    const store = new MemoryStore();
    const append = store.append.bind(store);
    let broken = true;
    store.append = async (id, change) => {
      if (broken) throw new Error("the disk is full");
      return append(id, change);
    };
    const mend = () => {
      broken = false;
    };
    return { store, mend };
  };

  test("can be saved again, and reports so until it is", async () => {
    const { store, mend } = failing();
    const model = scripted([["Paid for."], ["Next."]]);
    const conversation = new Conversation({ model, store });
    await expect(conversation.send("Hi")).rejects.toMatchObject({ code: "store-failed" });
    expect(conversation.unsaved?.message).toContain("the disk is full");
    await expect(conversation.send("Again")).rejects.toMatchObject({ code: "store-failed" });
    await expect(conversation.save()).rejects.toMatchObject({ code: "store-failed" });
    expect(model.requests).toHaveLength(1);
    mend();
    await conversation.save();
    expect(conversation.unsaved).toBeUndefined();
    await conversation.save();
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual(["Hi", "Paid for."]);
  });

  test("is saved by the next turn, before that is asked", async () => {
    const { store, mend } = failing();
    const conversation = new Conversation({ model: scripted([["One."], ["Two."]]), store });
    await expect(conversation.send("Hi")).rejects.toMatchObject({ code: "store-failed" });
    mend();
    await conversation.send("More");
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual([
      "Hi",
      "One.",
      "More",
      "Two.",
    ]);
  });
});
