import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { defineModel } from "../models/define-model.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent, NestedEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage, InputResponsePart } from "../stream/message.js";
import { object } from "../structured/object.js";
import { asTool } from "./as-tool.js";
import { openRequests } from "./history.js";
import { answer, approve, decline, deny, type InputRequest, responseMessage } from "./input-response.js";
import { tool } from "./tool.js";
import { type WithToolsOptions, withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "Go." }] };
const ask = (callId: string, name = "inner", prompt = "Work."): ChatEvent => ({
  type: "tool-call",
  callId,
  name,
  input: { prompt },
});
const usage = (inputTokens: number, outputTokens = 0): ScriptLine => ({
  type: "finish",
  reason: "stop",
  usage: { inputTokens, outputTokens },
});
const nestedIn = (events: readonly ChatEvent[]): NestedEvent[] => events.filter((event) => event.type === "nested");
const resultOf = (events: readonly ChatEvent[]) => events.find((event) => event.type === "tool-result");

/** What is left of messages after a store, in another process. */
const stored = (messages: ChatMessage[]): ChatMessage[] => JSON.parse(JSON.stringify(messages));

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

/** Who is allowed to remove what, three agents deep; the models answer by what they are sent, in any process. */
function office(removed: string[], options: WithToolsOptions = {}): ChatModel {
  const remove = tool({
    name: "remove",
    input: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
    approval: true,
    run: ({ path }) => {
      removed.push(String(path));
      return `removed ${path}`;
    },
  });
  const last = ({ messages }: ChatRequest) => messages.at(-1);
  const cleaner = defineModel({
    id: "cleaner",
    *stream(request) {
      if (last(request)?.role === "tool") yield `Clean: ${JSON.stringify(last(request)?.content)}`;
      else
        for (const path of ["a", "b"])
          yield { type: "tool-call", callId: `rm-${path}`, name: "remove", input: { path } } as const;
    },
  });
  const delegate = (name: string) =>
    defineModel({
      id: `asks ${name}`,
      *stream(request) {
        if (last(request)?.role === "tool") yield "All done.";
        else yield ask(`to-${name}`, name);
      },
    });
  const agent = withTools(cleaner, [remove]);
  const manager = withTools(delegate("cleaner"), [asTool(agent, { name: "cleaner" })]);
  return withTools(delegate("manager"), [asTool(manager, { name: "manager" })], options);
}

test("approvals at depth 3 are answered at the outer door, each in a process of its own, once", async () => {
  const removed: string[] = [];
  const first = office(removed).stream(ASK);
  const events = await collect(first);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "input-required" });
  expect(removed).toEqual([]);
  let messages = stored([...ASK.messages, ...(await first.messages)]);
  const ids = ["to-manager/to-cleaner/rm-a", "to-manager/to-cleaner/rm-b"];
  expect(openRequests(messages)).toMatchObject([
    { id: ids[0], kind: "approval", name: "remove", input: { path: "a" } },
    { id: ids[1], kind: "approval", name: "remove", input: { path: "b" } },
  ]);
  // The same ids stand in the events, however deep.
  expect(JSON.stringify(nestedIn(events))).toContain(`"id":"${ids[0]}"`);

  // Half an answer: the other half goes on waiting.
  messages.push(responseMessage(approve("to-manager/to-cleaner/rm-a")));
  const second = office(removed).stream({ messages });
  expect(await second.finishReason).toBe("input-required");
  expect(removed).toEqual(["a"]);
  messages = stored([...messages, ...(await second.messages)]);
  expect(openRequests(messages).map(({ id }) => id)).toEqual([ids[1]]);
  // A second answer to the first is refused at the call, and so is one that makes no sense.
  const again = (part: InputResponsePart) => () =>
    office(removed).stream({ messages: [...messages, responseMessage(part)] });
  expect(again(deny("to-manager/to-cleaner/rm-a"))).toThrow("a request that waits for a response");
  expect(again(answer("to-manager/to-cleaner/rm-b", 1))).toThrow("approve, deny or edit");

  messages.push(responseMessage(deny("to-manager/to-cleaner/rm-b", "keep it")));
  const third = office(removed).stream({ messages });
  const last = await collect(third);
  expect(await third.finishReason).toBe("stop");
  expect(await third.fullText).toBe("All done.");
  expect(removed).toEqual(["a"]);
  expect(JSON.stringify(nestedIn(last))).toContain("it did not run: keep it");
  messages = [...messages, ...(await third.messages)];
  expect(openRequests(messages)).toEqual([]);
  // No model is sent anything of what waited.
  const next = scripted([["Yes?"]]);
  await withTools(next, []).stream({ messages: [...messages, { role: "user", content: "Thanks." }] }).fullText;
  expect(JSON.stringify(next.requests)).not.toMatch(/suspended|input-re/);
});

test("a request inside that nobody answers goes on waiting, and nothing runs for it", async () => {
  const removed: string[] = [];
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  let asked = 0;
  const inner = defineModel({
    id: "inner",
    *stream() {
      asked++;
      yield { type: "tool-call", callId: "f", name: "free", input: {} } as const;
    },
  });
  const tools = [asTool(withTools(inner, [free]), { name: "inner" }), free];
  const outer = scripted([[ask("a"), { type: "tool-call", callId: "b", name: "free", input: {} }]]);
  const first = withTools(outer, tools).stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages), responseMessage(approve("b"))];
  const second = withTools(scripted([]), tools).stream({ messages });
  const events = await collect(second);
  expect(await second.finishReason).toBe("input-required");
  expect(asked).toBe(1);
  expect(removed).toEqual([]);
  expect(nestedIn(events).map(({ event }) => event.type)).toEqual(["start", "input-request", "finish"]);
  expect(openRequests([...messages, ...(await second.messages)]).map(({ id }) => id)).toEqual(["a/f"]);
});

test("a handler at the outer door answers requests at any depth while the stream runs", async () => {
  const removed: string[] = [];
  const asked: InputRequest[] = [];
  const model = office(removed, {
    onInput: (request) => {
      asked.push(request);
      return request.id.endsWith("a") ? approve(request.id) : deny(request.id);
    },
  });
  const stream = model.stream(ASK);
  expect(await stream.fullText).toBe("All done.");
  expect(removed).toEqual(["a"]);
  expect(asked.map(({ id, from }) => [id, from])).toEqual([
    ["to-manager/to-cleaner/rm-a", ["manager", "cleaner"]],
    ["to-manager/to-cleaner/rm-b", ["manager", "cleaner"]],
  ]);
});

test("a tool that returns a stream and forgets what was answered fails, and does not ask for ever", async () => {
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  const call: ChatEvent = { type: "tool-call", callId: "f", name: "free", input: {} };
  const forgetful = tool({
    name: "inner",
    input: { type: "object" },
    run: (_, { context }) => withTools(scripted([[call]]), [free]).stream(ASK, { context }),
  });
  const first = withTools(scripted([[ask("a")]]), [forgetful]).stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages), responseMessage(approve("a/f"))];
  const second = withTools(scripted([["Hm."]]), [forgetful]).stream({ messages });
  expect(resultOf(await collect(second))).toMatchObject({
    isError: true,
    output: expect.stringContaining("put context.answered behind the messages"),
  });
});

test("requests are told apart where an inner model is not given its path, and where call ids come again", async () => {
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  const call: ChatEvent = { type: "tool-call", callId: "0", name: "free", input: {} };
  const inner = defineModel({
    id: "inner",
    *stream({ messages }) {
      if (messages.at(-1)?.role === "tool") yield "ok";
      else yield call;
    },
  });
  const own = tool({
    name: "inner",
    input: { type: "object" },
    // Hands nothing on but what was answered.
    run: (_, { answered }) => withTools(inner, [free]).stream({ messages: [...ASK.messages, ...answered] }),
  });
  const outer = () => withTools(scripted([[ask("0")], [ask("0")]]), [own]);
  const first = outer().stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages)];
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["0/0"]);
  const second = outer().stream({ messages: [...messages, responseMessage(approve("0/0"))] });
  expect(await second.finishReason).toBe("input-required");
  const later = [...messages, responseMessage(approve("0/0")), ...(await second.messages)];
  expect(openRequests(later).map(({ id }) => id)).toEqual(["0#2/0"]);
});

const SIZE = { type: "string", enum: ["S", "L"] };
/** A tool that asks before it does something. */
function shirts(made: string[]) {
  return tool({
    name: "inner",
    input: { type: "object" },
    run: async (_, context) => {
      const size = await context.ask({ message: "Which size?", schema: SIZE });
      made.push(String(size));
      return `shirt ${size}`;
    },
  });
}

test("a tool asks a question: it is run again with the answer, in another process", async () => {
  const made: string[] = [];
  const first = withTools(scripted([[ask("a")]]), [shirts(made)]).stream(ASK);
  const events = await collect(first);
  expect(events.find(({ type }) => type === "input-request")).toEqual({
    type: "input-request",
    id: "a",
    kind: "question",
    callId: "a",
    message: "Which size?",
    schema: SIZE,
  });
  expect(events.at(-1)).toMatchObject({ reason: "input-required" });
  const messages = stored([...ASK.messages, ...(await first.messages)]);
  const resume = (part: InputResponsePart) =>
    withTools(scripted([["Done."]]), [shirts(made)]).stream({ messages: [...messages, responseMessage(part)] });
  expect(() => resume(answer("a", "XL"))).toThrow("messages[2].content[0].response.value");
  expect(() => resume(approve("a"))).toThrow("answer or decline");
  expect(resultOf(await collect(resume(answer("a", "L"))))).toMatchObject({ output: "shirt L" });
  expect(made).toEqual(["L"]);
  expect(resultOf(await collect(resume(decline("a", "no idea"))))).toMatchObject({ isError: true });
  expect(made).toEqual(["L"]);
});

test("a question is answered by a handler; what it answers is checked, and waiting takes no time of the tool's", async () => {
  const made: string[] = [];
  const live = (onInput: (request: InputRequest) => InputResponsePart) =>
    collect(withTools(scripted([[ask("a")], ["Done."]]), [shirts(made)], { onInput }).stream(ASK));
  expect(resultOf(await live(({ id }) => answer(id, "S")))).toMatchObject({ output: "shirt S" });
  expect(resultOf(await live(({ id }) => answer(id, 3)))).toMatchObject({ isError: true });
  expect(resultOf(await live(({ id }) => decline(id)))).toMatchObject({
    isError: true,
    output: 'nobody answers the question "Which size?"',
  });
  expect(made).toEqual(["S"]);
});

test("questions that are asked at once wait together; those in turn come one after the other", async () => {
  const together = tool({
    name: "inner",
    input: { type: "object" },
    run: async (_, { ask: put }) => {
      const [a, b] = await Promise.all([put({ message: "A?", schema: SIZE }), put({ message: "B?", schema: SIZE })]);
      return `${a}${b}${await put({ message: "C?", schema: SIZE })}`;
    },
  });
  let messages = ASK.messages;
  const run = async () => {
    const stream = withTools(scripted(messages === ASK.messages ? [[ask("a")]] : [["Done."]]), [together]).stream({
      messages,
    });
    const events = await collect(stream);
    messages = stored([...messages, ...(await stream.messages)]);
    return events;
  };
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a", "a#2"]);
  messages = [...messages, responseMessage(answer("a#2", "L"))];
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a"]);
  messages = [...messages, responseMessage(answer("a", "S"))];
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a#3"]);
  messages = [...messages, responseMessage(answer("a#3", "S"))];
  expect(resultOf(await run())).toMatchObject({ output: "SLS" });
});

test("a call id that comes twice in one answer runs once; two different calls with one id both run", async () => {
  const ran: unknown[] = [];
  const work = tool({ name: "work", input: { type: "object" }, run: (input) => ran.push(input) });
  const call = (n: number): ChatEvent => ({ type: "tool-call", callId: "a", name: "work", input: { n } });
  const model = scripted([[call(1), call(1), call(2)], ["Done."]]);
  const stream = withTools(model, [work]).stream(ASK);
  const events = await collect(stream);
  expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
  expect(events.filter(({ type }) => type === "tool-call")).toMatchObject([{ callId: "a" }, { callId: "a_2" }]);
  expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
    { callId: "a", output: 1 },
    { callId: "a_2", output: 2 },
  ]);
});

test("beyond the limit no call is run, and the stream ends with its budget", async () => {
  let ran = 0;
  const work = tool({ name: "work", input: { type: "object" }, run: () => ++ran });
  const calls = ["a", "b", "c"].map((callId): ChatEvent => ({ type: "tool-call", callId, name: "work", input: {} }));
  const stream = withTools(scripted([calls]), [work], { maxCalls: 2 }).stream(ASK);
  const events = await collect(stream);
  expect(ran).toBe(2);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "budget" });
  expect(events.filter(({ type }) => type === "tool-result")).toHaveLength(3);
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
