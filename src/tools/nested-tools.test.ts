import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { ASK, ask, nestedIn, resultOf, shirts } from "../../test/support/nested-asks.js";
import { defineModel } from "../models/define-model.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import { object } from "../structured/object.js";
import { asTool } from "./as-tool.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const usage = (inputTokens: number, outputTokens = 0): ScriptLine => ({
  type: "finish",
  reason: "stop",
  usage: { inputTokens, outputTokens },
});

test("a model as a tool is nested: its events inside, its text as the result, its usage in the total once", async () => {
  const inner = scripted([["Hello, ", "world.", usage(5, 2)]], { id: "poet" });
  const outer = scripted([
    ["Let me see. ", ask("a")],
    ["Done.", usage(10, 1)],
  ]);
  const stream = withTools(outer, [asTool(inner, { name: "inner" })]).stream(ASK);
  const events = await collect(stream);
  expect(nestedIn(events)).toMatchObject([
    { from: "inner", callId: "a", event: { type: "start", model: "poet" } },
    { from: "inner", callId: "a", event: { type: "text-delta", text: "Hello, " } },
    { from: "inner", callId: "a", event: { type: "text-delta", text: "world." } },
    { from: "inner", callId: "a", event: { type: "finish" } },
  ]);
  expect(resultOf(events)).toMatchObject({ callId: "a", output: "Hello, world." });
  expect(inner.requests[0]?.messages).toEqual([{ role: "user", content: "Work." }]);
  expect(await stream.fullText).toBe("Let me see. Done.");
  expect(JSON.stringify(await stream.messages)).not.toContain("nested");
  expect(await stream.usage).toMatchObject({ inputTokens: 15, outputTokens: 3 });
});

test("a model that is its own tool is nested no deeper than 20 calls", async () => {
  let asked = 0;
  const itself = { tools: async () => [asTool(agent, { name: "itself" })] };
  const model = defineModel({
    id: "m",
    capabilities: { tools: true },
    stream({ messages }) {
      const last = messages.at(-1);
      if (last?.role === "tool") return [`I heard: ${textOf(last)}`];
      return [{ type: "tool-call", callId: `c${++asked}`, name: "itself", input: { prompt: "Go on" } }];
    },
  });
  const agent = withTools(model, [itself]);
  const events = await collect(agent.stream(ASK));
  const depth = (event: ChatEvent): number => (event.type === "nested" ? 1 + depth(event.event) : 0);
  expect(Math.max(...events.map(depth))).toBe(20);
  expect(asked).toBe(21);
  const refusal = events.find((event) => depth(event) === 20 && JSON.stringify(event).includes("tool-result"));
  expect(JSON.stringify(refusal)).toContain("itself did not run: calls are nested more than 20 deep");
});

test("the result is the text of the last answer where the inner stream has several", async () => {
  const look = tool({ name: "look", input: { type: "object" }, run: () => "a key" });
  const call: ChatEvent = { type: "tool-call", callId: "k", name: "look", input: {} };
  const agent = withTools(scripted([["Looking. ", call], ["A key."]]), [look]);
  const outer = withTools(scripted([[ask("a")], ["So."]]), [asTool(agent, { name: "inner" })]);
  const events = await collect(outer.stream(ASK));
  expect(resultOf(events)).toMatchObject({ output: "A key." });
});

test("a tool may return the value of a stream, yield streams as progress, and return one from a generator", async () => {
  const value = tool({
    name: "value",
    input: { type: "object" },
    output: { type: "object", required: ["n"] },
    run: (_, { context, signal }) =>
      object(scripted([['{"n":', "1}"]]), { type: "object" }, "n?", { mode: "instructions", signal, context }),
  });
  const several = tool({
    name: "several",
    input: { type: "object" },
    async *run() {
      yield scripted([["one"]]).stream(ASK);
      yield "between";
      return scripted([["two"]]).stream(ASK);
    },
  });
  const calls: ChatEvent[] = ["value", "several"].map((name) => ({ type: "tool-call", callId: name, name, input: {} }));
  const events = await collect(withTools(scripted([calls, ["."]]), [value, several]).stream(ASK));
  expect(events).toContainEqual(expect.objectContaining({ type: "tool-result", callId: "value", output: { n: 1 } }));
  expect(events).toContainEqual(expect.objectContaining({ type: "tool-result", callId: "several", output: "two" }));
  expect(events).toContainEqual(expect.objectContaining({ output: "between", preliminary: true }));
  const attempts = nestedIn(events).filter(({ from, event }) => from === "several" && event.type === "start");
  expect(attempts.map(({ attempt }) => attempt)).toEqual([undefined, 2]);
});

test.each<[string, ScriptLine[], string]>([
  ["fails", ["Half", { throw: new SluiceError("overloaded", "too many people") }], "too many people"],
  [
    "is cut by a filter",
    ["Ha", { type: "finish", reason: "content-filter", usage: {} }],
    "inner was cut by a content filter",
  ],
  ["spends its budget", [{ type: "finish", reason: "budget", usage: {} }], "inner ended because a budget is spent"],
  ["calls its caller's tool", [ask("k", "nobody")], "nobody runs it inside another tool"],
])("an inner stream that %s is an error of the tool", async (_, script, message) => {
  const outer = withTools(scripted([[ask("a")], ["Well."]]), [asTool(scripted([script]), { name: "inner" })]);
  const stream = outer.stream(ASK);
  const events = await collect(stream);
  expect(resultOf(events)).toMatchObject({ isError: true, output: expect.stringContaining(message) });
  expect(await stream.fullText).toBe("Well.");
});

test("inner deltas arrive one by one, and no faster than they are read", async () => {
  let yielded = 0;
  const inner = defineModel({
    id: "inner",
    async *stream() {
      for (yielded = 0; yielded < 1_000; yielded++) yield "x";
    },
  });
  const stream = withTools(scripted([[ask("a")], ["."]]), [asTool(inner, { name: "inner" })]).stream(ASK);
  let seen = 0;
  for await (const event of stream) {
    if (event.type !== "nested" || event.event.type !== "text-delta") continue;
    seen++;
    await new Promise(setImmediate);
    expect(yielded - seen).toBeLessThan(8);
    if (seen === 50) break;
  }
  expect(yielded).toBeLessThan(60);
});

test("leaving the outer stream leaves the inner one, and its usage is known", async () => {
  const left = deferred<void>();
  const inner = defineModel({
    id: "inner",
    async *stream(_, { signal }) {
      signal.addEventListener("abort", () => left.resolve());
      yield { type: "usage", usage: { inputTokens: 7 } } as const;
      yield "Hel";
      await new Promise(() => {});
    },
  });
  const stream = withTools(scripted([[ask("a")]]), [asTool(inner, { name: "inner" })]).stream(ASK);
  for await (const event of stream) if (event.type === "nested" && event.event.type === "text-delta") break;
  await left.promise;
  expect(await stream.usage).toMatchObject({ inputTokens: 7 });
});

test("a retraction of the outer call stops the inner stream; the same call id may come again", async () => {
  let begun = 0;
  const inner = defineModel({
    id: "inner",
    async *stream(_, { signal }) {
      if (++begun === 1) {
        yield "lost";
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      }
      yield "kept";
    },
  });
  const outer = defineModel({
    id: "outer",
    async *stream({ messages }) {
      if (messages.length > 1) {
        yield "Done.";
        return;
      }
      yield ask("a");
      while (begun === 0) await new Promise(setImmediate);
      await new Promise(setImmediate);
      yield { type: "retract", reason: "again" } as const;
      yield { type: "start", id: "2", model: "outer" } as const;
      yield ask("a");
    },
  });
  const stream = withTools(outer, [asTool(inner, { name: "inner" })]).stream(ASK);
  const events = await collect(stream);
  expect(events.filter(({ type }) => type === "tool-result")).toMatchObject([{ output: "kept" }]);
  expect(await stream.fullText).toBe("Done.");
});

test("a retraction inside voids the inner attempt only", async () => {
  const inner = scripted([
    ["lost", { type: "retract", reason: "again" }, { type: "start", id: "2", model: "m" }, "kept", usage(3)],
  ]);
  const stream = withTools(scripted([["Outer. ", ask("a")], ["Done."]]), [asTool(inner, { name: "inner" })]).stream(
    ASK,
  );
  const events = await collect(stream);
  expect(resultOf(events)).toMatchObject({ output: "kept" });
  expect(await stream.fullText).toBe("Outer. Done.");
});

test("the run, session, caller and trace are handed on, with the path of call ids", async () => {
  const contexts: unknown[] = [];
  const leaf = defineModel({
    id: "leaf",
    *stream(_, { options }) {
      contexts.push(options.context);
      yield "ok";
    },
  });
  const middle = withTools(scripted([[ask("m", "leaf")], ["."]]), [asTool(leaf, { name: "leaf" })]);
  const outer = withTools(scripted([[ask("o", "middle")], ["."]]), [asTool(middle, { name: "middle" })]);
  await outer.stream(ASK, { context: { runId: "r", sessionId: "s", caller: "c", trace: "t" } }).fullText;
  expect(contexts).toEqual([{ runId: "r", sessionId: "s", caller: "c", trace: "t", callPath: "o/m" }]);
});

test("a shared budget is booked once a model call, inside and outside, and ends the stream when it is spent", async () => {
  const spent: [number | undefined, string][] = [];
  const budget = {
    spend: ({ inputTokens }: { inputTokens?: number }, model: string) => void spent.push([inputTokens, model]),
    get exhausted() {
      return spent.length >= 3 ? "three calls" : undefined;
    },
  };
  const leaf = scripted([["ok", usage(1)]], { id: "leaf" });
  const middle = withTools(scripted([[ask("m", "leaf"), usage(2)], ["."]], { id: "middle" }), [
    asTool(leaf, { name: "leaf" }),
  ]);
  const outer = withTools(scripted([[ask("o", "middle"), usage(4)], ["."]], { id: "outer" }), [
    asTool(middle, { name: "middle" }),
  ]);
  const stream = outer.stream(ASK, { context: { budget } });
  expect(await stream.finishReason).toBe("budget");
  expect(spent).toEqual([
    [4, "outer"],
    [2, "middle"],
    [1, "leaf"],
  ]);
  expect(await stream.usage).toMatchObject({ inputTokens: 7 });
  expect(await outer.stream(ASK, { context: { budget } }).finishReason).toBe("budget");
});

test.each<[string, () => unknown, string]>([
  ["one tool in place of a list", () => withTools(scripted([]), shirts([]) as never), "an array of tools"],
  ["a model in the list of tools", () => withTools(scripted([]), [scripted([]) as never]), "tools[0]"],
  ["a misspelt option", () => withTools(scripted([]), [], { maxStep: 3 } as never), "did you mean maxSteps?"],
  ["a misspelt approval", () => tool({ name: "x", input: {}, needsApproval: true } as never), "did you mean approval?"],
  [
    "a misspelt option of asTool",
    () => asTool(scripted([]), { name: "x", prompts: () => "" } as never),
    "did you mean prompt?",
  ],
  ["arguments without a prompt", () => asTool(scripted([]), { name: "x", input: { type: "object" } }), "prompt"],
  ["no options at all", () => tool(undefined as never), "options"],
])("%s is refused by name", (_, make, message) => {
  expect(make).toThrow(message);
});
