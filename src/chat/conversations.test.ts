import { describe, expect, test } from "vitest";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import { Conversations } from "./conversations.js";
import { MemoryStore } from "./stores/memory-store.js";

const model = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });

describe("conversations", () => {
  test("run at once without disturbing each other", async () => {
    const conversations = new Conversations(new MemoryStore());
    const open = Array.from({ length: 20 }, (_, index) => conversations.open({ model, contextId: `c${index}` }));
    await Promise.all(
      open.map(async (conversation, index) => {
        for (const turn of [1, 2, 3]) await conversation.send(`${index}: ${turn}`);
      }),
    );
    for (const [index, conversation] of open.entries()) {
      const texts = (await conversation.messages()).map(({ message }) => textOf(message));
      expect(texts).toEqual([1, 1, 2, 2, 3, 3].map((turn) => `${index}: ${turn}`));
    }
  });

  test("are listed page by page, with titles", async () => {
    const conversations = new Conversations(new MemoryStore());
    for (let index = 0; index < 250; index++) {
      await conversations
        .open({ model, contextId: `c${index}` })
        .add({ role: "user", content: `Title ${index}\nmore` });
    }
    const all: string[] = [];
    for await (const { title = "" } of conversations.all()) all.push(title);
    expect(new Set(all).size).toBe(250);
    await expect(conversations.list({ limit: 0 })).rejects.toThrow(
      "limit: found 0; allowed: a whole number of at least 1",
    );
    const page = await conversations.list({ limit: 10 });
    expect(page.map(({ title }) => title)).toEqual(all.slice(0, 10));
    const last = page.at(-1);
    const next = await conversations.list({ limit: 10, ...(last && { after: last }) });
    expect(next.map(({ title }) => title)).toEqual(all.slice(10, 20));
  });

  test("are searched together, the last updated first", async () => {
    const conversations = new Conversations(new MemoryStore());
    for (const text of ["Red foxes", "Brown bears", "Foxes again"]) await conversations.open({ model }).send(text);
    const found: string[] = [];
    for await (const { conversation, message } of conversations.search("FOX", { role: "user" })) {
      found.push(`${conversation.title}: ${textOf(message.message)}`);
    }
    expect(found.sort()).toEqual(["Foxes again: Foxes again", "Red foxes: Red foxes"]);
  });

  test("are searched on the current branch, or on all", async () => {
    const conversations = new Conversations(new MemoryStore());
    const conversation = conversations.open({ model });
    await conversation.send("First thought");
    const [question] = await conversation.messages();
    await conversation.edit(question?.id ?? "", "Second thought").fullText;
    const count = async (branches: "current" | "all") => {
      let hits = 0;
      for await (const _ of conversations.search("thought", { branches, role: "user" })) hits++;
      return [hits, (await conversation.search("thought", { branches, role: "user" })).length];
    };
    expect([await count("current"), await count("all")]).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test("are deleted, exported and imported", async () => {
    const conversations = new Conversations(new MemoryStore());
    const conversation = conversations.open({ model, contextId: "a" });
    await conversation.send("Hello");
    const json = await conversation.export("json");
    expect(await conversations.delete("a")).toBe(true);
    expect(await conversations.delete("a")).toBe(false);
    await expect(conversations.get("a")).rejects.toMatchObject({ code: "not-found" });
    expect(await conversations.import(json)).toBe("a");
    expect((await conversations.get("a")).messages).toHaveLength(2);
  });
});

describe("titles", () => {
  test.each([
    ["\n\n  Hello   there \nmore", "Hello   there"],
    ["x".repeat(81), `${"x".repeat(79)}…`],
    ["😀".repeat(81), `${"😀".repeat(79)}…`],
  ])("%j is called %j", async (text, title) => {
    const conversation = new Conversation({ model });
    await conversation.send(text);
    expect(await conversation.title()).toBe(title);
  });

  test("stay as they were set", async () => {
    const conversation = new Conversation({ model });
    await expect(conversation.setTitle(" ")).rejects.toMatchObject({ field: "title" });
    await conversation.setTitle("Mine");
    await conversation.send("Hello");
    expect(await conversation.title()).toBe("Mine");
  });
});

describe("what changes in mid conversation", () => {
  test("instructions and model are those of the next turn; stored ones stay where they were given", async () => {
    const first = scripted([["1"]], { id: "first" });
    const second = scripted([["2"], ["3"]], { id: "second" });
    const conversation = new Conversation({ model: first, system: "Be brief." });
    await conversation.send("one");
    conversation.model = second;
    conversation.system = "Be kind.";
    await conversation.addSystemMessage("Speak French.");
    await conversation.send("two");
    expect(second.requests[0]?.messages.map(textOf)).toEqual(["Be kind.", "one", "1", "Speak French.", "two"]);
    conversation.system = undefined;
    await conversation.send("three");
    expect(second.requests[1]?.messages[0]).toEqual({ role: "user", content: "one" });
    expect((await conversation.messages()).flatMap(({ model }) => model ?? [])).toEqual(["first", "second", "second"]);
  });

  test("nothing does while a turn runs", async () => {
    const conversation = new Conversation({ model: scripted([["a", { waitMs: 1e9 }]]) });
    const running = conversation.stream("one")[Symbol.asyncIterator]();
    await running.next();
    for (const change of [
      () => conversation.add({ role: "user", content: "two" }),
      () => conversation.setMetadata({}),
      () => conversation.setTitle("x"),
      () => conversation.delete(),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: "conflict" });
    }
    await running.return?.();
  });

  test("says so when another writer was first, and works the second time", async () => {
    const store = new MemoryStore();
    const first = new Conversation({ model, store, contextId: "c" });
    const second = new Conversation({ model, store, contextId: "c" });
    await Promise.all([first.messages(), second.messages()]);
    await first.setMetadata({ a: 1 });
    await expect(second.setTitle("Mine")).rejects.toMatchObject({ code: "conflict", retryable: true });
    await second.setTitle("Mine");
    expect([await second.title(), await second.metadata()]).toEqual(["Mine", { a: 1 }]);
  });
});

test("says nothing that is blank", async () => {
  const conversation = new Conversation({ model });
  for (const input of ["", " \n", []]) {
    await expect(conversation.send(input)).rejects.toMatchObject({ code: "invalid-argument", field: "input" });
  }
  expect(await conversation.messages()).toEqual([]);
});
