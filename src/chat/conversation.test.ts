import { describe, expect, test } from "vitest";
import { deferred } from "../../test/support/deferred.js";
import { ANTHROPIC_HISTORY } from "../dialects/history/history-rules.js";
import { NO_RESULT, prepareHistory } from "../dialects/history/prepare-history.js";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import { SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { ConversationOptions } from "./conversation-options.js";
import { Conversations } from "./conversations.js";
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

  test("keeps an interrupted answer with its output, and the next turn goes on from it", async () => {
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

  test("keeps nothing of a turn that failed before any output", async () => {
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
