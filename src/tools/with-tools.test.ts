import { expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { ManualClock } from "../../test/support/manual-clock.js";
import { call, result, tick } from "../../test/support/tool-events.js";
import { workshop } from "../../test/support/workshop.js";
import { defineModel } from "../models/define-model.js";
import { fallback } from "../models/fallback.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent, ToolResultEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { Slots } from "../stream/slots.js";
import { type Tool, type ToolContext, tool } from "./tool.js";
import { ToolOutput } from "./tool-output.js";
import { withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "How is the weather?" }] };
const ANY = { type: "object" } as const;

test("text, call, result and the next answer are one stream, each model call a step", async () => {
  const weather = tool({
    name: "weather",
    description: "Says the weather.",
    input: z.object({ city: z.string() }),
    run: ({ city }) => `sunny in ${city}`,
  });
  const model = scripted([
    [
      "Let me see. ",
      { type: "tool-input-delta", callId: "a", name: "weather", delta: '{"city":"Oslo"}' },
      call("a", "weather", { city: "Oslo" }),
      { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } },
    ],
    ["It is sunny.", { type: "usage", usage: { inputTokens: 9, outputTokens: 3 } }],
  ]);
  const stream = withTools(model, [weather]).stream(ASK);
  const [start, ...events] = await collect(stream);
  expect(start).toMatchObject({ type: "start", model: "scripted" });
  expect(events).toEqual([
    { type: "step-start", step: 0, model: "scripted" },
    { type: "text-delta", text: "Let me see. " },
    { type: "tool-input-delta", callId: "a", name: "weather", delta: '{"city":"Oslo"}' },
    call("a", "weather", { city: "Oslo" }),
    result("a", "sunny in Oslo", { name: "weather" }),
    { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } },
    { type: "step-finish", step: 0, reason: "tool-calls", usage: { inputTokens: 3, outputTokens: 2 } },
    { type: "step-start", step: 1, model: "scripted" },
    { type: "text-delta", text: "It is sunny." },
    { type: "usage", usage: { inputTokens: 9, outputTokens: 3 } },
    { type: "step-finish", step: 1, reason: "stop", usage: { inputTokens: 9, outputTokens: 3 } },
    { type: "finish", reason: "stop", usage: { inputTokens: 12, outputTokens: 5 } },
  ]);
  expect(await stream.fullText).toBe("Let me see. It is sunny.");
  expect(model.requests[0]?.tools).toEqual([weather.definition]);
  const messages = await stream.messages;
  expect(model.requests[1]?.messages).toEqual([...ASK.messages, ...messages.slice(0, 2)]);
  expect(messages).toMatchObject([
    { role: "assistant", content: [{ text: "Let me see. " }, call("a", "weather", { city: "Oslo" })] },
    { role: "tool", content: [result("a", "sunny in Oslo", { name: "weather" })] },
    { role: "assistant", content: [{ text: "It is sunny." }] },
  ]);
});

test("a call runs while the model is still speaking, and its result does not wait for the end", async () => {
  const more = deferred();
  const model = defineModel({
    id: "slow",
    async *stream({ messages }) {
      if (messages.length > 1) return yield "Done.";
      yield call("a");
      await more.promise;
      yield "I have asked.";
      yield call("b");
    },
  });
  const { work, job } = workshop();
  const stream = withTools(model, [work]).stream(ASK);
  const reader = stream[Symbol.asyncIterator]();
  const seen: string[] = [];
  const read = async () => seen.push((await reader.next()).value?.type ?? "end");
  for (let i = 0; i < 3; i++) await read();
  const next = read();
  (await job("a")).resolve(1);
  await next;
  expect(seen).toEqual(["start", "step-start", "tool-call", "tool-result"]);
  more.resolve();
  await read();
  await read();
  (await job("b")).resolve(2);
  while (seen.at(-1) !== "end") await read();
  expect(seen.slice(4)).toEqual([
    "text-delta",
    "tool-call",
    "tool-result",
    "step-finish",
    "step-start",
    "text-delta",
    "step-finish",
    "finish",
    "end",
  ]);
  expect(await stream.messages).toMatchObject([
    { role: "assistant", content: [call("a"), { text: "I have asked." }, call("b")] },
    { role: "tool", content: [result("a", 1), result("b", 2)] },
    { role: "assistant", content: [{ text: "Done." }] },
  ]);
});

test("calls run at once; results come as they are ready, and go to the model in the order of the calls", async () => {
  const model = scripted([[call("a"), call("b"), call("c")], ["Done."]]);
  const { work, job } = workshop();
  const events = collect(withTools(model, [work]).stream(ASK));
  for (const callId of ["c", "a", "b"]) {
    (await job(callId)).resolve(callId);
    await tick();
  }
  const results = (await events).filter(({ type }) => type === "tool-result");
  expect(results).toEqual([result("c", "c"), result("a", "a"), result("b", "b")]);
  expect(model.requests[1]?.messages.at(-1)).toEqual({
    role: "tool",
    content: [result("a", "a"), result("b", "b"), result("c", "c")],
  });
});

test("what a tool reports and what its generator yields are preliminary results", async () => {
  const model = scripted([[call("a"), call("b", "count")], ["Done."]]);
  const work = tool({
    name: "work",
    input: { ...ANY },
    run: async (_, { progress }) => {
      await progress({ done: 0.5 });
      return "all";
    },
  });
  const count = tool({
    name: "count",
    input: { ...ANY },
    async *run() {
      yield 1;
      yield 2;
      return 3;
    },
  });
  const events = await collect(withTools(model, [work, count]).stream(ASK));
  const of = (id: string) => events.filter((event) => event.type === "tool-result" && event.callId === id);
  expect(of("a")).toEqual([result("a", { done: 0.5 }, { preliminary: true }), result("a", "all")]);
  expect(of("b")).toEqual([
    result("b", 1, { name: "count", preliminary: true }),
    result("b", 2, { name: "count", preliminary: true }),
    result("b", 3, { name: "count" }),
  ]);
  expect(model.requests[1]?.messages.at(-1)?.content).toEqual([result("a", "all"), result("b", 3, { name: "count" })]);
});

test("errors of tools, arguments that do not fit and tools that there are not are told to the model", async () => {
  const model = scripted([
    [
      call("a", "broken"),
      call("b", "work", { days: [1, "two"] }),
      call("c", "wrok"),
      { type: "tool-call", callId: "d", name: "work", input: '{"days":', invalid: true },
    ],
    ["Sorry."],
  ]);
  const broken = tool({
    name: "broken",
    input: { ...ANY },
    run: () => {
      throw new Error("out of order");
    },
  });
  const work = tool({ name: "work", input: z.object({ days: z.array(z.number()) }), run: () => "fine" });
  const stream = withTools(model, [broken, work]).stream(ASK);
  expect(await stream.fullText).toBe("Sorry.");
  expect(model.requests[1]?.messages.at(-1)?.content).toEqual([
    result("a", "out of order", { name: "broken", isError: true }),
    result("b", expect.stringMatching(/^The arguments of work are not valid: days\[1\]: .*expected number/), {
      isError: true,
    }),
    result("c", "There is no tool wrok; there are: broken, work", { name: "wrok", isError: true }),
    result("d", expect.stringMatching(/^The arguments of work are not valid JSON: Unexpected end of JSON/), {
      isError: true,
    }),
  ]);
});

test("a tool without run, and a tool of the request, are the caller's: the stream ends with tool-calls", async () => {
  const model = scripted([["Your turn. ", call("a", "ask"), call("b", "theirs"), call("c")], ["Thanks."]]);
  const ask = tool({ name: "ask", input: z.object({}) });
  const work = tool({ name: "work", input: { ...ANY }, run: () => "mine" });
  const looped = withTools(model, [ask, work]);
  const request: ChatRequest = { ...ASK, tools: [{ name: "theirs", inputSchema: { type: "object" } }] };
  const stream = looped.stream(request);
  expect(await stream.finishReason).toBe("tool-calls");
  expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(["theirs", "ask", "work"]);
  const messages = [...request.messages, ...(await stream.messages)];
  const answers = [result("b", "yes", { name: "theirs" }), result("a", "no", { name: "ask" })] as ToolResultEvent[];
  const second = looped.stream({ ...request, messages: [...messages, { role: "tool", content: answers }] });
  expect(await second.fullText).toBe("Thanks.");
  expect(model.requests[1]?.messages.slice(2)).toEqual([
    { role: "tool", content: [answers[1], answers[0], result("c", "mine")] },
  ]);
});

test("arguments of a tool without run are checked as well", async () => {
  const model = scripted([[call("a", "ask", { n: 1 })], ["Sorry."]]);
  const ask = tool({ name: "ask", input: z.object({ n: z.string() }) });
  expect(await withTools(model, [ask]).stream(ASK).fullText).toBe("Sorry.");
});

test("a model that does not call tools is refused before anything happens", () => {
  const model = defineModel({ id: "mute", capabilities: { tools: false }, stream: () => [] });
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  expect(() => withTools(model, [work]).stream(ASK)).toThrow(expect.objectContaining({ code: "unsupported" }));
});

test("calls that the provider runs are left to it", async () => {
  const providers = { name: "search", providerExecuted: true } as const;
  const model = scripted([
    [
      { type: "tool-call", callId: "a", input: {}, ...providers },
      { type: "tool-result", callId: "a", output: "found", ...providers },
      "Found it.",
    ],
  ]);
  const search = tool({ name: "search", input: { ...ANY }, run: () => expect.unreachable() });
  const stream = withTools(model, [search]).stream(ASK);
  expect(await stream.fullText).toBe("Found it.");
  expect(await stream.finishReason).toBe("stop");
});

test.each(["required", { name: "work" }] as const)("a forced call (%j) is forced once", async (toolChoice) => {
  const model = scripted([[call("a")], [call("b")], ["Done."]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  await withTools(model, [work]).stream({ ...ASK, toolChoice }).fullText;
  expect(model.requests.map((request) => request.toolChoice)).toEqual([toolChoice, "auto", "auto"]);
});

test("state of the provider goes back with the next request", async () => {
  const opaque = (data: string) => ({ dialect: "anthropic", data });
  const model = scripted([
    [
      { type: "reasoning-delta", text: "Hm.", opaque: opaque("signature") },
      { type: "tool-call", callId: "a", name: "work", input: {}, opaque: opaque("thought") },
      { type: "data", name: "provider/compaction", value: null, opaque: opaque("block") },
    ],
    ["Done."],
  ]);
  const work = tool({
    name: "work",
    input: { ...ANY },
    run: () => new ToolOutput("ran", { opaque: { dialect: "mine", data: 1 } }),
  });
  await withTools(model, [work]).stream(ASK).fullText;
  expect(model.requests[1]?.messages.slice(1)).toMatchObject([
    {
      content: [
        { type: "reasoning", text: "Hm.", opaque: opaque("signature") },
        { type: "tool-call", opaque: opaque("thought") },
        { type: "opaque", name: "provider/compaction", opaque: opaque("block") },
      ],
    },
    { content: [{ output: "ran", opaque: { dialect: "mine", data: 1 } }] },
  ]);
});

test("a retract stops the calls that it takes back, and their results are nobody's", async () => {
  const broken: ScriptLine[] = [
    "Wrong. ",
    call("a"),
    { type: "usage", usage: { inputTokens: 1, outputTokens: 1 } },
    { waitMs: 1 },
    { throw: new SluiceError("truncated", "cut") },
  ];
  const clock = new ManualClock();
  const sound = scripted([[call("b"), { type: "usage", usage: { inputTokens: 2, outputTokens: 2 } }], ["Right."]], {
    id: "sound",
  });
  const first = scripted([broken, [{ throw: new SluiceError("overloaded", "busy") }]], { id: "first", clock });
  const model = fallback([first, sound], { afterFirstDelta: "retract" });
  const { work, job } = workshop();
  const stream = withTools(model, [work]).stream(ASK);
  const events = collect(stream);
  const { context, resolve } = await job("a");
  await clock.timer(1);
  clock.advance(1);
  (await job("b")).resolve("ran");
  expect(context.signal.aborted).toBe(true);
  resolve("too late");
  const types = (await events).map((event) => (event.type === "tool-result" ? event.callId : event.type));
  expect(types).toEqual([
    "start",
    "step-start",
    "text-delta",
    "tool-call",
    "usage",
    "retract",
    "start",
    "data",
    "tool-call",
    "b",
    "usage",
    "step-finish",
    "step-start",
    "data",
    "text-delta",
    "step-finish",
    "finish",
  ]);
  expect(await stream.fullText).toBe("Right.");
  expect(await stream.usage).toEqual({ inputTokens: 3, outputTokens: 3 });
  expect(sound.requests[1]?.messages.slice(1)).toEqual([
    { role: "assistant", content: [call("b")] },
    { role: "tool", content: [result("b", "ran")] },
  ]);
});

test("an answer that the model refuses to finish runs no tools on", async () => {
  const { work, job } = workshop();
  const end = deferred();
  const model = defineModel({
    id: "careful",
    async *stream() {
      yield call("a");
      await end.promise;
      yield { type: "finish", reason: "refusal", rawReason: "policy", usage: {} };
    },
  });
  const events = collect(withTools(model, [work]).stream(ASK));
  const { context } = await job("a");
  end.resolve();
  expect((await events).slice(-2)).toEqual([
    { type: "step-finish", step: 0, reason: "refusal", usage: {} },
    { type: "finish", reason: "refusal", rawReason: "policy", usage: {} },
  ]);
  expect(context.signal.aborted).toBe(true);
});

test("a turn that the provider paused goes on by itself", async () => {
  const model = scripted([["First. ", { type: "finish", reason: "pause", usage: {} }], ["Second."]]);
  expect(await withTools(model, []).stream(ASK).fullText).toBe("First. Second.");
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "assistant", content: [{ text: "First. " }] });
});

test("a loop over a loop: each runs its own tools, and steps are counted through", async () => {
  const model = scripted([[call("a", "inner"), call("b", "outer")], ["Done."]]);
  const inner = tool({ name: "inner", input: { ...ANY }, run: () => "in" });
  const outer = tool({ name: "outer", input: { ...ANY }, run: () => "out" });
  const stream = withTools(withTools(model, [inner]), [outer]).stream(ASK);
  const events = await collect(stream);
  expect(await stream.finishReason).toBe("stop");
  expect(events.flatMap((event) => (event.type === "step-start" ? [event.step] : []))).toEqual([0, 1]);
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.output] : [])).sort()).toEqual(["in", "out"]);
  expect(model.requests[1]?.messages.slice(1)).toEqual([
    { role: "assistant", content: [call("a", "inner"), call("b", "outer")] },
    { role: "tool", content: [result("a", "in", { name: "inner" }), result("b", "out", { name: "outer" })] },
  ]);
});

test("a source of tools is asked before each model call; its tools may change", async () => {
  const model = scripted([[call("a")], [call("b", "later")], ["Done."]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const later = tool({ name: "later", input: { ...ANY }, run: () => 2 });
  const lists = [[work], [work, later], [later]];
  const source = { tools: async () => lists.shift() ?? [] };
  expect(await withTools(model, [source]).stream({ ...ASK, toolChoice: { name: "work" } }).fullText).toBe("Done.");
  expect(model.requests.map(({ tools }) => tools?.map(({ name }) => name))).toEqual([
    ["work"],
    ["work", "later"],
    ["later"],
  ]);
});

test("a second warning of the model is passed on when the stream has begun", async () => {
  const start = (...fields: string[]): ChatEvent => ({
    type: "start",
    id: "x",
    model: "scripted",
    warnings: fields.map((field) => ({ field, message: "not sent" })),
  });
  const model = scripted([
    [start("topK"), call("a")],
    [start("topK", "seed"), "Done."],
  ]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const events = await collect(withTools(model, [work]).stream(ASK));
  expect(events[0]).toMatchObject({ warnings: [{ field: "topK" }] });
  expect(events.filter(({ type }) => type === "data")).toEqual([
    { type: "data", name: "tool/warnings", value: [{ field: "seed", message: "not sent" }] },
  ]);
});

test.each<[unknown, string]>([
  [[5], "tools[0].tools()[0]"],
  ["none", "tools[0].tools()"],
  [[{ tools: () => [] }], "tools[0].tools()[0]"],
])("what a source gives that is no tool is named: %j", async (found, field) => {
  const model = withTools(scripted([["Hi"]]), [{ tools: () => found as never }]);
  const answer = model.stream({ messages: [{ role: "user", content: "Go." }] });
  await expect(answer.fullText).rejects.toMatchObject({ code: "invalid-argument", field });
});

test("a tool that cancels its own stream while it is called keeps no place", async () => {
  const slot = new Slots(1);
  let stop = () => {};
  const work: Tool = {
    ...tool({ name: "work", input: ANY, run: () => "" }),
    slots: slot,
    run: () => {
      stop();
      return new Promise(() => {});
    },
  };
  const stream = withTools(scripted([[call("a")], ["Done."]]), [work]).stream(ASK);
  stop = () => stream.cancel("enough");
  await expect(collect(stream)).rejects.toMatchObject({ code: "cancelled" });
  await tick();
  expect(slot.taken).toBe(0);
});

test("a call that is taken back in the read that it came with is not run", async () => {
  const ran: string[] = [];
  const work = tool({ name: "work", input: ANY, run: (_, { callId }) => ran.push(callId) });
  const start: ChatEvent = { type: "start", id: "1", model: "hasty" };
  const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
  const answers: ChatEvent[][] = [
    [start, call("a"), { type: "retract", reason: "wrong" }, start, call("b"), finish],
    [start, finish],
  ];
  const model: ChatModel = {
    id: "hasty",
    stream: () => new ChatStream({ next: () => answers.shift(), cancel() {} }),
  };
  await collect(withTools(model, [work]).stream(ASK));
  expect(ran).toEqual(["b"]);
});

test("a copy of what a tool is given has its signal and its context", async () => {
  let copy: ToolContext | undefined;
  const work = tool({
    name: "work",
    input: ANY,
    run: (_, context) => {
      copy = { ...context };
      return "";
    },
  });
  await collect(withTools(scripted([[call("a")], ["Done."]]), [work]).stream(ASK));
  expect(copy?.signal).toBeInstanceOf(AbortSignal);
  expect(copy?.context).toBeTypeOf("object");
});
