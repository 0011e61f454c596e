import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMessages } from "../../test/laws/arbitrary-request.js";
import { collect } from "../../test/support/collect.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import { validateRequest } from "../stream/validate-request.js";
import { compact } from "./compaction-window.js";
import { Conversation } from "./conversation.js";
import { Conversations } from "./conversations.js";
import { lastMessages } from "./last-messages-window.js";
import { MemoryStore } from "./stores/memory-store.js";
import { summarise } from "./summary-window.js";
import { tokenBudget } from "./token-budget-window.js";
import { estimatingCounter, tokenCounter } from "./token-counter.js";
import { allMessages, type Window } from "./window.js";

/** A long conversation: instructions may come in its middle, too. */
const conversation = fc
  .array(arbitraryMessages, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.flat().map((message) => structuredClone(message)));
const size = fc.integer({ min: 1, max: 12 });

const windows: readonly [name: string, make: (n: number) => Window][] = [
  ["allMessages", () => allMessages()],
  ["lastMessages", (n) => lastMessages(n)],
  ["tokenBudget with an estimate", (n) => tokenBudget(n * 8)],
  ["tokenBudget with a vocabulary", (n) => tokenBudget(n * 8, { model: "openai/gpt-4o" })],
  ["compact", (n) => compact({ model: scripted(Array.from({ length: 60 }, () => ["A summary."])), maxTokens: n * 8 })],
  ["summarise", (n) => summarise({ model: scripted([["A summary."]]), keep: n, every: 2 })],
];

describe.each(windows)("%s", (_name, make) => {
  test("sends what a provider takes, and says what it dropped", async () => {
    await fc.assert(
      fc.asyncProperty(conversation, size, async (messages, n) => {
        const result = await make(n)(messages);
        const sent = result.messages.filter((message) => messages.includes(message));
        // In their order, each once, and nothing but a summary beside them.
        expect(sent).toEqual(messages.filter((message) => sent.includes(message)));
        expect(result.messages.length - sent.length).toBe(result.summary === undefined ? 0 : 1);
        expect(result.dropped).toBe(messages.length - sent.length);
        expect(sent).toContain(messages.at(-1));
        for (const message of messages) if (message.role === "system") expect(sent).toContain(message);
        expect(result.messages.find((message) => message.role !== "system")?.role).toBe("user");
        expectWholeCalls(messages, sent);
        expect(() => validateRequest({ messages: result.messages })).not.toThrow();
      }),
    );
  });
});

/** An answer is sent with all results of its calls, and no result without its calls. */
function expectWholeCalls(all: readonly ChatMessage[], sent: readonly ChatMessage[]): void {
  for (const [index, message] of all.entries()) {
    if (message.role === "tool") expect(sent.includes(message)).toBe(sent.includes(all[index - 1] as ChatMessage));
  }
}

/** Each message is a token. */
const each = { estimated: false, count: (messages: readonly ChatMessage[]) => messages.length };
const said = (...texts: string[]): ChatMessage[] =>
  texts.map((content, index) => ({ role: index % 2 === 0 ? ("user" as const) : ("assistant" as const), content }));
const calling = (id: string): ChatMessage[] => [
  { role: "assistant", content: [{ type: "tool-call", callId: id, name: "look", input: {} }] },
  { role: "tool", content: [{ type: "tool-result", callId: id, name: "look", output: id }] },
];

describe("lastMessages", () => {
  test("keeps the question of a long turn of tools", async () => {
    const messages = [...said("old", "older"), ...said("Look!"), ...calling("1"), ...calling("2"), ...calling("3")];
    const { messages: sent, dropped } = await lastMessages(3)(messages);
    expect(sent).toEqual([...said("Look!"), ...calling("3")]);
    expect(dropped).toBe(6);
  });

  test.each([0, 1.5, Number.NaN])("refuses %d", (n) => {
    expect(() => lastMessages(n)).toThrow("n: found");
  });
});

describe("tokenBudget", () => {
  test("stays in its budget, unless what must be sent is more", async () => {
    const counter = await tokenCounter("gpt-4o");
    await fc.assert(
      fc.asyncProperty(conversation, fc.integer({ min: 1, max: 300 }), async (messages, budget) => {
        const result = await tokenBudget(budget, { counter })(messages);
        expect(result.tokens).toBe(counter.count(result.messages));
        expect(result).not.toHaveProperty("estimated");
        const must = await lastMessages(1)(messages);
        if (counter.count(must.messages) <= budget) expect(result.tokens).toBeLessThanOrEqual(budget);
        else expect(result.messages).toEqual(must.messages);
      }),
    );
  });

  test("says that it estimates where the vocabulary is not known", async () => {
    const messages = said("one", "two", "three");
    for (const window of [tokenBudget(1_000), tokenBudget(1_000, { model: "anthropic/claude-opus-4-5" })]) {
      expect(await window(messages)).toEqual({
        messages,
        dropped: 0,
        tokens: estimatingCounter.count(messages),
        estimated: true,
      });
    }
  });
});

describe("summarise", () => {
  test("summarises each message once, and writes what was left out before what is kept", async () => {
    const model = scripted([["First."], ["Second."]]);
    const window = summarise({ model, keep: 1, every: 2 });
    const system: ChatMessage = { role: "system", content: "Be brief." };
    const messages = [system, ...said("a", "b", "c", "d", "e", "f", "g")];
    const first = await window(messages.slice(0, 4));
    expect(first.messages.map(textOf)).toEqual(["Be brief.", "Summary of the conversation so far: First.", "c"]);
    expect(first).toMatchObject({ dropped: 2, summary: "First." });
    const second = await window(messages.slice(0, 6));
    expect(second.messages.map(textOf).slice(1)).toEqual(["Summary of the conversation so far: Second.", "e"]);
    expect(model.requests.map(({ messages: [, asked] }) => asked && textOf(asked))).toEqual([
      "user: a\nassistant: b",
      "Summary until now: First.\n\nWhat came since:\nuser: c\nassistant: d",
    ]);
  });

  test("begins anew on a branch that its summary does not cover", async () => {
    const model = scripted([["Of one."], ["Of the other."]]);
    const window = summarise({ model, keep: 1, every: 2 });
    const [a, b, c] = said("a", "b", "c") as [ChatMessage, ChatMessage, ChatMessage];
    await window([a, b, c]);
    const other = await window([a, ...said("x", "y").reverse(), c]);
    expect(other.summary).toBe("Of the other.");
    expect(model.requests[1]?.messages.map(textOf)[1]).not.toContain("Summary until now");
  });
});

test("a summary is kept with the conversation: another process goes on with it", async () => {
  const store = new MemoryStore();
  const open = (...summaries: string[]) => {
    const writer = scripted(summaries.map((text) => [text]));
    const model = scripted([["answer"], ["answer"], ["answer"], ["answer"]]);
    const window = summarise({ model: writer, keep: 1, every: 4 });
    return {
      writer,
      model,
      conversation: new Conversation({ model, store, contextId: "a", window, system: "Be brief." }),
    };
  };
  const first = open("Of one and two.");
  for (const text of ["one", "two", "three"]) await first.conversation.send(text);
  expect(first.writer.requests).toHaveLength(1);

  const second = open("Of one to four.");
  await second.conversation.send("four");
  expect(second.writer.requests).toHaveLength(0);
  expect(second.model.requests[0]?.messages.map(textOf)).toEqual([
    "Be brief.",
    "Summary of the conversation so far: Of one and two.",
    "three",
    "answer",
    "four",
  ]);
  await second.conversation.send("five");
  expect(second.writer.requests[0]?.messages.map(textOf)[1]).toBe(
    "Summary until now: Of one and two.\n\nWhat came since:\nuser: three\nassistant: answer\nuser: four\nassistant: answer",
  );

  const copy = new MemoryStore();
  await new Conversations(copy).import(await second.conversation.export("json"));
  expect((await copy.load("a"))?.messages.flatMap(({ summary }) => summary?.text ?? [])).toEqual([
    "Of one and two.",
    "Of one to four.",
  ]);

  const third = open("Of one and two again.");
  const [, , , , three] = await third.conversation.messages();
  await third.conversation.edit(three?.id ?? "", "drei").fullText;
  expect(third.model.requests[0]?.messages.map(textOf)[1]).toContain("Of one and two again.");
});

test.each([
  ["summarise", (writer: ChatModel) => summarise({ model: writer, keep: 1, every: 2 })],
  ["compact", (writer: ChatModel) => compact({ model: writer, maxTokens: 4, keepTokens: 1, counter: each })],
])("%s does not take a service's own summary for one in words: what it stands for is folded again", async (_, make) => {
  const writer = scripted([["Of all."]]);
  const messages = said("a", "b", "c", "d", "e");
  const covers = new Set(messages.slice(0, 2));
  const earlier = { text: "compacted by openai/x", messages: said("a"), covers };
  const result = await make(writer)(messages, undefined, earlier);
  expect(textOf(writer.requests[0]?.messages[1] as ChatMessage)).toContain("user: a\nassistant: b");
  expect(JSON.stringify([writer.requests, result.messages])).not.toContain("compacted by");
  expect(result.summary).toBe("Of all.");
});

describe("summarise, where its model fails", () => {
  const failure = { throw: new SluiceError("overloaded", "busy") };
  test.each<[string, ScriptLine, string]>([
    ["with an error", failure, "busy"],
    ["without a word", " ", "scripted wrote no whole summary: it ended with stop"],
    [
      "in the middle",
      { type: "finish", reason: "length", usage: {} },
      "scripted wrote no whole summary: it ended with length",
    ],
  ])("%s, sends what has no summary, says so, and tries again", async (_, line, summaryError) => {
    const window = summarise({ model: scripted([[line], ["Of all."]]), keep: 1, every: 2 });
    const messages = said("a", "b", "c");
    expect(await window(messages)).toMatchObject({ messages, dropped: 0, summaryError });
    expect(await window(messages)).toMatchObject({ dropped: 2, summary: "Of all." });
  });

  test("the conversation goes on, and its reader gets an event", async () => {
    const window = summarise({ model: scripted([[failure], ["Of all."]]), keep: 1, every: 2 });
    const conversation = new Conversation({ model: scripted([["b"], ["d"]]), window, store: new MemoryStore() });
    await conversation.send("a");
    const events = await collect(conversation.stream("c"));
    const value = { dropped: 0, summaryError: "busy" };
    expect(events).toContainEqual({ type: "data", name: "chat/window", value });
  });

  test("is stopped with the turn", async () => {
    const window = summarise({ model: scripted([[{ waitMs: 1e9 }]]), keep: 1, every: 2 });
    const left = new AbortController();
    const asked = window(said("a", "b", "c"), left.signal);
    left.abort(new Error("left"));
    await expect(asked).rejects.toThrow("left");
  });
});

test("control tokens in what people write are counted as the text that they are", async () => {
  const { count, estimated } = await tokenCounter("openai/gpt-4o");
  expect(estimated).toBe(false);
  expect(count(said("<|endoftext|>"))).toBeGreaterThan(count(said("hello")));
});

test("a call that waits is never parted from what was asked and answered about it", async () => {
  const request = { type: "input-request", kind: "approval", id: "a", callId: "a", name: "x", input: {} } as const;
  const waiting: ChatMessage[] = [
    { role: "user", content: "Remove them." },
    {
      role: "assistant",
      content: [
        { type: "tool-call", callId: "a", name: "x", input: {} },
        { type: "tool-call", callId: "b", name: "x", input: {} },
        request,
        { ...request, id: "b", callId: "b" },
      ],
    },
    { role: "tool", content: [{ type: "input-response", id: "b", response: { type: "approve" } }] },
    { role: "assistant", content: [request] },
    { role: "tool", content: [{ type: "tool-result", callId: "b", name: "x", output: "ok" }] },
    { role: "tool", content: [{ type: "input-response", id: "a", response: { type: "approve" } }] },
  ];
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi." },
    { role: "assistant", content: "Hello." },
    ...waiting,
  ];
  expect((await lastMessages(1)(messages)).messages).toEqual(waiting);
});
