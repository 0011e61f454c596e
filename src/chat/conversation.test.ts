import { describe, expect, test } from "vitest";
import { deferred } from "../../test/support/deferred.js";
import { ANTHROPIC_HISTORY } from "../dialects/history/history-rules.js";
import { NO_RESULT, prepareHistory } from "../dialects/history/prepare-history.js";
import { guard, pii } from "../guards/index.js";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import { SluiceError } from "../stream/error.js";
import { type AssistantPart, textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { ConversationOptions } from "./conversation-options.js";
import type { Append } from "./conversation-store.js";
import { Conversations } from "./conversations.js";
import { heardPart } from "./heard-part.js";
import { lastMessages } from "./last-messages-window.js";
import { MemoryStore } from "./stores/memory-store.js";
import type { Window } from "./window.js";

const fast = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
const texts = async (conversation: Conversation) =>
  (await conversation.messages()).map(({ message }) => textOf(message));

describe("a conversation", () => {
  test("remembers, and is resumed by its id", async () => {
    const store = new MemoryStore();
    const model = scripted([["Hello, Ada."], ["You are Ada."]]);
    const first = new Conversation({ model, store });
    const reply = await first.send("I am Ada.");
    expect(reply).toMatchObject({ text: "Hello, Ada.", finishReason: "stop", message: { status: "complete" } });
    const second = new Conversation({ model, store, contextId: first.contextId });
    expect((await second.send("Who am I?")).text).toBe("You are Ada.");
    expect(model.requests[1]?.messages.map(textOf)).toEqual(["I am Ada.", "Hello, Ada.", "Who am I?"]);
    expect(await texts(second)).toEqual(["I am Ada.", "Hello, Ada.", "Who am I?", "You are Ada."]);
  });

  test("is stored before its reader sees finish, and says its context id", async () => {
    const store = new MemoryStore();
    const conversation = new Conversation({ model: fast, store });
    for await (const event of conversation.stream("Hi")) {
      if (event.type === "context") expect(event.contextId).toBe(conversation.contextId);
      const stored = await store.load(conversation.contextId);
      expect(stored?.messages.length ?? 0).toBe(event.type === "finish" ? 2 : 0);
    }
  });

  test("keeps an interrupted answer with what was said, and the next turn goes on from it", async () => {
    const model = scripted([["Once ", "upon ", { waitMs: 1e9 }, "a time"], ["And then"]]);
    const conversation = new Conversation({ model });
    for await (const text of conversation.stream("Tell me a story.").text) if (text === "upon ") break;
    await conversation.send("Go on.");
    const [, answer] = await conversation.messages();
    expect(answer).toMatchObject({
      status: "interrupted",
      message: { content: [{ type: "text", text: "Once upon " }] },
    });
    expect(model.requests[1]?.messages.map(textOf)).toEqual(["Tell me a story.", "Once upon ", "Go on."]);
  });

  test("keeps nothing of a turn that failed before a word was said", async () => {
    const model = scripted([[{ throw: new SluiceError("overloaded", "busy") }], ["Hello"]]);
    const conversation = new Conversation({ model });
    await expect(conversation.send("Hi")).rejects.toMatchObject({ code: "overloaded" });
    expect(await conversation.messages()).toEqual([]);
    expect((await conversation.send("Hi")).text).toBe("Hello");
  });

  test("refuses a second turn while one is running", async () => {
    const conversation = new Conversation({ model: scripted([["a", { waitMs: 1e9 }], ["b"]]) });
    const running = conversation.stream("one")[Symbol.asyncIterator]();
    await running.next();
    await expect(conversation.send("two")).rejects.toMatchObject({ code: "conflict" });
    await running.return?.();
  });

  test("left while it is being opened, a turn says nothing and is over", async () => {
    const wait = deferred();
    const seen: AbortSignal[] = [];
    const window: Window = async (messages, signal) => {
      if (signal !== undefined) seen.push(signal);
      if (seen.length === 1) await wait.promise;
      return { messages: [...messages], dropped: 0 };
    };
    const model = scripted([["Two."]]);
    const conversation = new Conversation({ model, window });
    const left = conversation.stream("one");
    const read = left.fullText;
    while (seen.length === 0) await Promise.resolve();
    left.cancel();
    await expect(read).rejects.toMatchObject({ code: "cancelled" });
    expect(seen[0]?.aborted).toBe(true);
    const next = conversation.send("two");
    wait.resolve();
    expect((await next).text).toBe("Two.");
    expect(await texts(conversation)).toEqual(["two", "Two."]);
    const unopened = conversation.stream("three");
    const unread = unopened.fullText;
    await Promise.resolve();
    unopened.cancel();
    await expect(unread).rejects.toMatchObject({ code: "cancelled" });
    await conversation.setTitle("Nothing runs");
    expect(model.requests).toHaveLength(1);
  });

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

  test("refuses options that are misspelt, whichever way a turn begins", async () => {
    const conversation = new Conversation({ model: scripted([["A"]]) });
    await conversation.send("Q");
    const [question] = await conversation.messages();
    const options = { sginal: AbortSignal.abort() } as never;
    expect(() => conversation.edit(question?.id ?? "", "Q2", options)).toThrow("did you mean signal?");
    expect(() => conversation.regenerate(undefined, options)).toThrow("did you mean signal?");
  });

  test("refuses what no store could keep before the model is asked", async () => {
    const model = scripted([["Yes."]]);
    const conversation = new Conversation({ model });
    const unkept = { when: 1n } as never;
    const refused = { code: "invalid-argument", field: "metadata" };
    await expect(conversation.send("Hi", { metadata: unkept })).rejects.toMatchObject(refused);
    await expect(conversation.setMetadata(unkept)).rejects.toMatchObject(refused);
    await expect(conversation.add({ role: "user", content: "Hi" }, unkept)).rejects.toMatchObject(refused);
    await expect(conversation.add({ role: "user", content: 5 } as never)).rejects.toThrow("message.content: found 5");
    for (const input of [null, undefined, 5, {}, [], "", ["Hi"], [null]]) {
      await expect(conversation.send(input as never)).rejects.toMatchObject({ code: "invalid-argument" });
    }
    expect(await conversation.allMessages()).toEqual([]);
    await conversation.send("Hi", { metadata: { a: 1 } });
    expect((await conversation.messages())[0]?.metadata).toEqual({ a: 1 });
    expect(model.requests).toHaveLength(1);
  });

  test("answers again what was said together", async () => {
    const model = scripted([["one"], ["two"], ["three"]]);
    const conversation = new Conversation({ model });
    await conversation.send([
      { role: "user", content: "Hi" },
      { role: "system", content: "Be brief." },
    ]);
    await conversation.regenerate().fullText;
    await conversation.addSystemMessage("Be kind.");
    await conversation.regenerate().fullText;
    for (const { messages } of model.requests) expect(messages.map(textOf)).toEqual(["Hi", "Be brief."]);
    expect(await texts(conversation)).toEqual(["Hi", "Be brief.", "three"]);
  });

  test.each(["", "  ", "a\0b", "a\ud83d"])("is not called %j", async (name) => {
    const store = new MemoryStore();
    expect(() => new Conversation({ model: fast, contextId: name })).toThrow("contextId: found");
    await expect(new Conversation({ model: fast }).setTitle(name)).rejects.toThrow("title: found");
    const conversations = new Conversations(store);
    await expect(conversations.get(name)).rejects.toThrow("contextId: found");
    await expect(conversations.delete(name)).rejects.toThrow("contextId: found");
    const json = await new Conversation({ model: fast }).export("json");
    await expect(conversations.import(json, { contextId: name })).rejects.toThrow("contextId: found");
  });

  test("edits, regenerates and goes back to a branch", async () => {
    const conversation = new Conversation({ model: scripted([["one"], ["two"], ["three"]]) });
    await conversation.send("First");
    const [question, answer] = await conversation.messages();
    await conversation.edit(question?.id ?? "", "Second").fullText;
    expect(await texts(conversation)).toEqual(["Second", "two"]);
    await conversation.regenerate().fullText;
    expect(await texts(conversation)).toEqual(["Second", "three"]);
    await conversation.checkout(answer?.id ?? "");
    expect(await texts(conversation)).toEqual(["First", "one"]);
    expect(await conversation.allMessages()).toHaveLength(5);
  });

  test("a fork goes its own way", async () => {
    const conversation = new Conversation({ model: fast });
    await conversation.send("one");
    const fork = await conversation.fork();
    await fork.send("two");
    expect(await texts(conversation)).toEqual(["one", "one"]);
    expect(await texts(fork)).toEqual(["one", "one", "two", "two"]);
    const taken = { contextId: fork.contextId, store: new MemoryStore() };
    await new Conversation({ model: fast, ...taken }).setTitle("Taken");
    await expect(conversation.fork(taken)).rejects.toMatchObject({ code: "conflict", field: "contextId" });
  });

  test("sends instructions first, and only what the window lets through, and says what it dropped", async () => {
    const model = scripted([["1"], ["2"], ["3"]]);
    const conversation = new Conversation({ model, system: "Be brief.", window: lastMessages(2) });
    await conversation.send("one");
    await conversation.send("two");
    const dropped = [];
    for await (const event of conversation.stream("three")) if (event.type === "data") dropped.push(event.value);
    expect(model.requests[2]?.messages.map(textOf)).toEqual(["Be brief.", "three"]);
    expect(dropped).toEqual([{ dropped: 4 }]);
  });

  test("a tool call that was interrupted before its result stays, and a service is sent that it was", async () => {
    const call = { type: "tool-call", callId: "1", name: "look", input: {} } as const;
    const model = scripted([["Let me see. ", call, { waitMs: 1e9 }], ["Fine."]]);
    const conversation = new Conversation({ model });
    for await (const event of conversation.stream("Look!")) if (event.type === "tool-call") break;
    await conversation.send("Never mind.");
    const sent = model.requests[1]?.messages ?? [];
    expect(sent[1]).toEqual({ role: "assistant", content: [{ type: "text", text: "Let me see. " }, call] });
    const { messages } = prepareHistory(sent, ANTHROPIC_HISTORY, []);
    expect(messages.slice(1)).toEqual([
      sent[1],
      { role: "tool", content: [expect.objectContaining({ callId: "1", output: NO_RESULT, isError: true })] },
      sent[2],
    ]);
  });

  test.each([
    ["straße", "STRASSE"],
    ["Σίσυφος", "ΣΊΣΥΦΟΣ"],
    ["caf\u00e9", "CAFE\u0301"],
  ])("finds %s by %s", async (text, query) => {
    const conversation = new Conversation({ model: fast });
    await conversation.send(`Where is ${text}?`);
    expect(await conversation.search(query, { role: "user" })).toHaveLength(1);
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

  test("takes a model by its name, and refuses what is none before anything happens", async () => {
    const conversation = new Conversation({ model: "echo", store: new MemoryStore() });
    expect((await conversation.send("Hello")).text).toBe("Hello");
    const wrong = (options: object) => () => new Conversation(options as ConversationOptions);
    expect(wrong({})).toThrow("model: found nothing; allowed: a chat model, or a name such as openai/gpt-5");
    expect(wrong({ model: "echoo" })).toThrow(expect.objectContaining({ code: "unknown-model" }));
    expect(wrong({ model: fast, store: 5 })).toThrow("store: found 5; allowed: a store, a path, postgres://");
  });

  test("searches, and keeps the application's data", async () => {
    const conversation = new Conversation({ model: fast });
    await conversation.send("The Quick brown fox");
    expect(await conversation.search("quick", { role: "user" })).toHaveLength(1);
    await conversation.setMetadata({ title: "Foxes" });
    expect(await conversation.metadata()).toEqual({ title: "Foxes" });
  });
});

describe("a conversation as a chat model", () => {
  test("says what is new of a request, whether or not it comes with its history", async () => {
    const model = scripted([["Hello."], ["Fine."], ["Bye."]]);
    const conversation = new Conversation({ model });
    const chat = conversation.asModel();
    expect(chat.id).toBe(model.id);
    const system = { role: "system" as const, content: "Be brief." };
    const first = [system, { role: "user" as const, content: "Hi" }];
    expect(await chat.stream({ messages: first, temperature: 0.5 }).fullText).toBe("Hello.");
    const later = [
      ...first,
      { role: "assistant" as const, content: "Hello." },
      { role: "user" as const, content: "You?" },
    ];
    await chat.stream({ messages: later }).fullText;
    await chat.stream({ messages: [system, { role: "user", content: "End" }] }).fullText;
    expect(model.requests[0]?.temperature).toBe(0.5);
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual([
      "Be brief.",
      "Hi",
      "Hello.",
      "You?",
      "Fine.",
      "End",
      "Bye.",
    ]);
    const answered = chat.stream({ messages: [...first, { role: "assistant", content: "x" }] });
    await expect(answered.fullText).rejects.toMatchObject({ code: "invalid-argument", field: "messages" });
  });

  test("can be guarded, call by call", async () => {
    const model = scripted([["To <EMAIL_ADDRESS_1>."]]);
    const conversation = new Conversation({ model });
    const guarded = guard(conversation.asModel(), pii({ reversible: true }));
    const asked = { messages: [{ role: "user" as const, content: "I am ann@example.com" }] };
    expect(await guarded.stream(asked).fullText).toBe("To ann@example.com.");
    expect(JSON.stringify(model.requests)).not.toContain("ann@example.com");
  });
});

describe("an answer that was only partly heard", () => {
  const spoken = async () => {
    const conversation = new Conversation({ model: scripted([["One two 😀 three."], ["Next."]]) });
    const { message } = await conversation.send("Count.");
    return { conversation, id: message.id };
  };

  test("goes on from what was heard, and stays whole as a branch", async () => {
    const { conversation, id } = await spoken();
    const heard = await conversation.heard(id, 7);
    expect(heard).toMatchObject({ status: "interrupted" });
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual(["Count.", "One two"]);
    expect((await conversation.branches(id)).map(({ message }) => textOf(message))).toEqual([
      "One two 😀 three.",
      "One two",
    ]);
    await conversation.send("Go on.");
    await expect(conversation.heard(id, 3)).rejects.toMatchObject({ code: "invalid-argument", field: "messageId" });
  });

  test("has no half of a character, no word where none was heard, and is itself where all was", async () => {
    const { conversation, id } = await spoken();
    expect(textOf((await conversation.heard(id, 9))?.message ?? { role: "user", content: "" })).toBe("One two ");
    const whole = await spoken();
    expect(await whole.conversation.heard(whole.id, 99)).toMatchObject({ id: whole.id, status: "complete" });
    const nothing = await spoken();
    expect(await nothing.conversation.heard(nothing.id, 0)).toBeUndefined();
    expect(await nothing.conversation.messages()).toHaveLength(1);
    await expect(nothing.conversation.heard(nothing.id, -1)).rejects.toMatchObject({ field: "chars" });
  });

  test("leaves out what came behind it", () => {
    const source = { type: "source" as const, source: { kind: "url" as const, url: "https://a.io" } };
    const content: AssistantPart[] = [
      { type: "reasoning", text: "hm" },
      { type: "text", text: "One" },
      { type: "tool-call", callId: "1", name: "t", input: {} },
      { type: "text", text: "two three", opaque: { dialect: "x", data: 1 } },
      source,
    ];
    expect(heardPart({ role: "assistant", content }, 6)?.content).toEqual([
      ...content.slice(0, 3),
      { type: "text", text: "two" },
    ]);
    expect(heardPart({ role: "assistant", content }, 3)?.content).toEqual(content.slice(0, 2));
    expect(heardPart({ role: "assistant", content: "Hello" }, 2)?.content).toBe("He");
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

  test("can be saved again, and is told until it is", async () => {
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
