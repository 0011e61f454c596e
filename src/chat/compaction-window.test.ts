import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guard } from "../guards/guard.js";
import { pii } from "../guards/pii/pii.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import { wrapModel } from "../stream/wrap-model.js";
import { openRequests } from "../tools/history.js";
import { cutsOf } from "./compaction-cuts.js";
import { compact } from "./compaction-window.js";
import { Conversation } from "./conversation.js";
import { MemoryStore } from "./stores/memory-store.js";
import type { EarlierSummary } from "./window.js";

const counter = { estimated: false, count: (messages: readonly ChatMessage[]) => messages.length };
const user = (content: string): ChatMessage => ({ role: "user", content });
const answer = (content: string): ChatMessage => ({ role: "assistant", content });
const calls = (...ids: string[]): ChatMessage => ({
  role: "assistant",
  content: ids.map((callId) => ({ type: "tool-call", callId, name: "look", input: {} })),
});
const results = (...ids: string[]): ChatMessage => ({
  role: "tool",
  content: ids.map((callId) => ({ type: "tool-result", callId, name: "look", output: "seen" })),
});
const asks = (...ids: string[]): ChatMessage => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "input-request", kind: "approval", id, callId: id, name: "look", input: {} })),
});
const approves = (id: string): ChatMessage => ({
  role: "tool",
  content: [{ type: "input-response", id, response: { type: "approve" } }],
});

/** Turns of every shape: the ids of calls come again, messages are put between tools, results come one by one. */
const turn = fc.oneof(
  fc.constant([user("Hi."), answer("Hello.")]),
  fc.constant([{ role: "system", content: "Be brief." } as ChatMessage, user("Hi."), user("There?"), answer("Yes.")]),
  fc.constant([user("Look."), calls("a", "b"), results("a", "b"), calls("c"), results("c"), answer("Seen.")]),
  fc.constant([user("Look."), calls("a", "b"), results("b"), user("Quick!"), results("a"), answer("Seen.")]),
  fc.constant([user("Look."), calls("a"), asks("a"), approves("a"), results("a"), user("And?"), answer("Done.")]),
  fc.constant([user("Stopped."), calls("a"), results("a")]),
);
const running = fc.oneof(
  fc.constant([user("Next.")]),
  fc.constant([user("Look."), calls("a", "b"), asks("a", "b"), approves("b"), asks("a"), results("b")]),
  fc.constant([user("Look."), calls("c"), results("c"), user("Quick!"), calls("a"), asks("a")]),
);
const history = fc
  .tuple(fc.array(turn, { maxLength: 8 }), running)
  .map(([turns, last]) => ({ past: turns.flatMap((said) => structuredClone(said)), last: structuredClone(last) }));

describe("a compaction", () => {
  test("at any size and in any history folds whole turns, and nothing that is open or running", () =>
    fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 2, max: 30 }), fc.nat(29), async ({ past, last }, max, keep) => {
        const messages = [...past, ...last];
        const model = scripted(Array.from({ length: 40 }, () => ["Summary."]));
        const keepTokens = 1 + (keep % (max - 1));
        const result = await compact({ model, maxTokens: max, keepTokens, counter })(messages);
        const sent = new Set(result.messages);
        const folded = messages.filter((message) => !sent.has(message));
        expect(folded).toEqual([...(result.covers ?? [])]);
        expect(last.filter((message) => !sent.has(message))).toEqual([]);
        expect(openRequests(result.messages)).toEqual(openRequests(messages));
        expect(folded.some(({ role }) => role === "system")).toBe(false);
        expect(lonely(result.messages)).toEqual(lonely(messages));
        expect(result.messages.find(({ role }) => role !== "system")?.role).toBe("user");
        if (messages.length <= max) expect(folded).toEqual([]);
        expect(result.tokens).toBe(result.messages.length);
      }),
      { numRuns: 150 },
    ));

  test("by the service folds as one in words does, in one call, and puts the service's own messages in place", () =>
    fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 4, max: 30 }), async ({ past, last }, max) => {
        const messages = [...past, ...last];
        const asked: ChatMessage[][] = [];
        const sealed: ChatMessage = {
          role: "assistant",
          content: [{ type: "opaque", name: "provider/compaction", opaque: { dialect: "openai-responses", data: {} } }],
        };
        const service: ChatModel = {
          ...scripted([]),
          async compact(request) {
            asked.push(request.messages);
            return { messages: [user("Hi."), sealed], usage: { inputTokens: 7 } };
          },
        };
        const settings = { maxTokens: max, keepTokens: 1, counter };
        const result = await compact({ ...settings, model: service, byProvider: true })(messages);
        const words = scripted(Array.from({ length: 40 }, () => ["Summary."]));
        const inWords = await compact({ ...settings, model: words })(messages);
        expect(result.covers).toEqual(inWords.covers);
        expect(asked).toEqual(result.covers === undefined ? [] : [[...result.covers]]);
        const own = result.summaryMessages ?? [];
        expect(result.messages.filter((message) => !own.includes(message))).toEqual(
          inWords.messages.filter((message) => messages.includes(message)),
        );
        if (result.covers !== undefined) {
          const first = result.messages.findIndex(({ role }) => role !== "system");
          expect(result.messages.slice(first, first + 2)).toEqual([user("Hi."), sealed]);
          expect(result.spent?.usage).toEqual({ inputTokens: 7 });
        }
      }),
      { numRuns: 100 },
    ));

  test("by the service is refused for a model whose service has no such call", () => {
    const refused = () => compact({ model: scripted([]), maxTokens: 10, byProvider: true });
    expect(refused).toThrow("compacts no history");
  });

  test("by the service is refused behind a guard, which would not see what is sent", async () => {
    const service: ChatModel = { ...scripted([]), compact: async () => ({ messages: [], usage: {} }) };
    expect(wrapModel(service, {}).compact).toBeTypeOf("function");
    expect(guard(service, pii()).compact).toBeUndefined();
    const refused = () => compact({ model: guard(service, pii()), maxTokens: 10, byProvider: true });
    expect(refused).toThrow("never past a guard");
  });

  test("goes on from its last summary, folds each message once, and keeps what was sent as the beginning", () =>
    fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 3, maxLength: 10 }), async (turns) => {
        const model = scripted(Array.from({ length: 100 }, (_, index) => [`Summary ${index}.`]));
        const messages: ChatMessage[] = [];
        let earlier: EarlierSummary | undefined;
        let before: ChatMessage[] = [];
        for (const said of turns) {
          messages.push(...structuredClone(said));
          // Another process: nothing is known but what the conversation has kept.
          const {
            messages: sent,
            summary,
            covers,
          } = await compact({ model, maxTokens: 8, counter })(messages, undefined, earlier);
          if (summary === earlier?.text) expect(sent.slice(0, before.length)).toEqual(before);
          if (summary !== undefined && covers) earlier = { text: summary, covers };
          before = sent;
        }
        const asked = model.requests.map(({ messages: [, one] }) => (one === undefined ? "" : textOf(one)));
        const lines = asked.flatMap((text) => text.split("\n").filter((line) => /^(user|assistant|tool): /.test(line)));
        expect(lines.length).toBe(earlier?.covers.size ?? 0);
      }),
      { numRuns: 60 },
    ));

  test("reads what is too long for one request in pieces", async () => {
    const model = scripted([["One."], ["Two."], ["Three."]]);
    const messages = ["a", "b", "c"].flatMap((text) => [user(text), answer(text)]).concat(user("d"));
    const result = await compact({ model, maxTokens: 2, keepTokens: 1, counter })(messages);
    expect(result.messages.map(textOf)).toEqual(["Summary of the conversation so far: Three.", "d"]);
    expect(model.requests.map(({ messages: [, one] }) => one && textOf(one))).toEqual([
      "user: a\nassistant: a",
      "Summary until now: One.\n\nWhat came since:\nuser: b\nassistant: b",
      "Summary until now: Two.\n\nWhat came since:\nuser: c\nassistant: c",
    ]);
  });

  test("that fails sends all as it is, says so, and is tried again", async () => {
    const window = compact({
      model: scripted([[{ throw: new SluiceError("overloaded", "busy") }], ["Of all."]]),
      maxTokens: 2,
      counter,
    });
    const messages = [user("a"), answer("b"), user("c")];
    expect(await window(messages)).toEqual({ messages, dropped: 0, tokens: 3, summaryError: "busy" });
    expect(await window(messages)).toMatchObject({ dropped: 2, summary: "Of all.", tokens: 2 });
  });

  test("is kept with the conversation, and happens while no other turn can run", async () => {
    const store = new MemoryStore();
    const open = (summaries: string[][]) => {
      const window = compact({ model: scripted(summaries), maxTokens: 4, counter });
      const model = scripted([["x"], ["x"], ["x"]]);
      return { model, conversation: new Conversation({ model, store, window, contextId: "a" }) };
    };
    const first = open([["Of one."]]);
    for (const text of ["one", "two"]) await first.conversation.send(text);
    const running = first.conversation.send("three");
    await expect(first.conversation.send("at once")).rejects.toMatchObject({ code: "conflict" });
    await running;
    const second = open([["Of more."]]);
    const [message] = await second.conversation.messages();
    expect(message).toBeDefined();
    await second.conversation.send("four");
    expect(second.model.requests[0]?.messages[0]).toMatchObject({ role: "system" });
  });

  test("refuses settings that cannot be", () => {
    const model = scripted([]);
    expect(() => compact({ model, maxTokens: 10, keepTokens: 10 })).toThrow("keepTokens");
    expect(() => compact({ model, maxTokens: 1 })).toThrow("maxTokens");
    expect(() => compact({ model, maxToken: 10 } as never)).toThrow("did you mean maxTokens?");
  });
});

test("the same message said twice is not taken for one that was folded", async () => {
  const yes = user("Yes.");
  const window = compact({ model: scripted([["Summary."]]), maxTokens: 3, counter });
  const messages = [yes, answer("a"), user("b"), answer("c")];
  await window(messages);
  const next = await window([...messages.slice(0, 2), yes, answer("d")]);
  expect(next.messages).toContain(yes);
});

test("a message that was put between the tools of the running turn does not begin a turn", () => {
  const past = [user("a"), answer("b")];
  expect(cutsOf([...past, user("c"), calls("1"), results("1"), user("Quick!")])).toEqual([2]);
});

/** Results without their calls. */
function lonely(messages: readonly ChatMessage[]): unknown[] {
  const called = new Set<string>();
  return messages.flatMap(({ content }) =>
    (typeof content === "string" ? [] : content).filter((part) => {
      if (part.type === "tool-call") called.add(part.callId);
      return part.type === "tool-result" && !called.has(part.callId);
    }),
  );
}

test("what a summary used is part of the turn's usage, cost and shared budget", async () => {
  const used = (inputTokens: number, outputTokens: number): ChatEvent => ({
    type: "finish",
    reason: "stop",
    usage: { inputTokens, outputTokens },
  });
  const writes = scripted([["Summary.", used(1_000, 100)]], { id: "openai/small" });
  const model = scripted(
    [
      ["One.", used(10, 1)],
      ["Two.", used(20, 2)],
    ],
    { id: "openai/big" },
  );
  const row = (name: string, input: number) => {
    const price = { provider: "openai", models: [name], input, output: 0, source: "x", date: "2026-01-01" };
    return price;
  };
  const talk = new Conversation({
    model,
    store: new MemoryStore(),
    window: compact({ model: writes, maxTokens: 2, counter }),
    prices: { models: [row("small", 1), row("big", 100)] },
  });
  await talk.send("a");
  const spent: [string, number | undefined][] = [];
  const budget = {
    spend: ({ inputTokens }: Usage, id: string) => void spent.push([id, inputTokens]),
    exhausted: undefined,
  };
  const { usage, cost } = await talk.send("b", { context: { budget } });
  expect(usage).toMatchObject({ inputTokens: 1_020, outputTokens: 102 });
  expect(cost).toBeCloseTo((1_000 * 1 + 20 * 100) / 1e6, 12);
  expect(spent).toEqual([["openai/small", 1_000]]);
});
