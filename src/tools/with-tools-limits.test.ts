import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { ManualClock } from "../../test/support/manual-clock.js";
import { call, result, tick } from "../../test/support/tool-events.js";
import { workshop } from "../../test/support/workshop.js";
import { defineModel } from "../models/define-model.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "How is the weather?" }] };
const ANY = { type: "object" } as const;

test("a generator goes no faster than the reader, and reports that nobody awaits do not pile up", async () => {
  const model = scripted([[call("a"), call("b", "flood")], ["Done."]]);
  let yielded = 0;
  const work = tool({
    name: "work",
    input: { ...ANY },
    async *run() {
      for (; yielded < 1_000; yielded++) yield yielded;
      return "all";
    },
  });
  const over = deferred();
  const flood = tool({
    name: "flood",
    input: { ...ANY },
    run: async (_, { progress }) => {
      for (let i = 0; i < 10_000; i++) void progress(i);
      over.resolve();
    },
  });
  const reader = withTools(model, [work, flood]).stream(ASK)[Symbol.asyncIterator]();
  for (let read = await reader.next(); read.value?.type !== "tool-call" || read.value.callId !== "b"; ) {
    read = await reader.next();
  }
  await over.promise;
  const before = yielded;
  for (let i = 0; i < 20; i++) await tick();
  expect(yielded - before).toBeLessThan(2);
  const rest = await collect({ [Symbol.asyncIterator]: () => reader });
  const reports = rest.flatMap((event) => (event.type === "tool-result" && event.preliminary ? [event] : []));
  const flooded = reports.filter(({ name }) => name === "flood").map(({ output }) => output);
  expect(flooded).toEqual(Array.from({ length: 100 }, (_, i) => 9_900 + i));
  expect(reports.filter(({ name }) => name === "work").at(-1)).toMatchObject({ output: 999 });
});

test("the model is not read on while nobody reads, though tools run", async () => {
  let said = 0;
  const model = defineModel({
    id: "talker",
    *stream({ messages }) {
      if (messages.length > 1) return yield "Done.";
      yield call("a");
      for (; said < 1_000; said++) yield "word ";
    },
  });
  const { work, job } = workshop();
  const reader = withTools(model, [work]).stream(ASK)[Symbol.asyncIterator]();
  for (let i = 0; i < 4; i++) await reader.next();
  (await job("a")).resolve("ran");
  for (let i = 0; i < 20; i++) await tick();
  expect(said).toBeLessThan(4);
  await reader.return?.();
});

test("with throwOnError a failing tool ends the stream, and stops the others", async () => {
  const { work, job } = workshop();
  const model = scripted([["Wait. ", call("a"), call("b")]]);
  const stream = withTools(model, [work], { throwOnError: true }).stream(ASK);
  const failed = stream.fullText.catch((error: unknown) => error);
  const other = await job("b");
  const cause = new Error("out of order");
  (await job("a")).reject(cause);
  const error = await failed;
  expect(error).toBeInstanceOf(SluiceError);
  expect(error).toMatchObject({ code: "tool-failed", message: "work: out of order", cause });
  expect((error as SluiceError).partial).toMatchObject({ text: "Wait. ", toolCalls: [call("a"), call("b")] });
  expect(other.context.signal.aborted).toBe(true);
});

test("a run that takes too long is an error for the model, and its signal is aborted", async () => {
  const clock = new ManualClock();
  const model = scripted([[call("a"), call("b", "own")], ["Too slow."]]);
  const { work, job } = workshop();
  const own = tool({ name: "own", input: { ...ANY }, timeoutMs: 50, run: () => new Promise(() => {}) });
  const text = withTools(model, [work, own], { timeoutMs: 70, clock }).stream(ASK).fullText;
  const { context } = await job("a");
  await clock.timer(50);
  clock.advance(50);
  expect(context.signal.aborted).toBe(false);
  clock.advance(20);
  expect(await text).toBe("Too slow.");
  expect(context.signal.aborted).toBe(true);
  expect(clock.pending).toEqual([]);
  expect(model.requests[1]?.messages.at(-1)?.content).toEqual([
    result("a", "work took longer than 70 ms", { isError: true }),
    result("b", "own took longer than 50 ms", { name: "own", isError: true }),
  ]);
});

test("limits hold for one tool, over streams, and for all tools of a stream", async () => {
  const script = [[call("a"), call("b"), call("c")], ["Done."]];
  const own = workshop({ concurrency: 2 });
  const first = withTools(scripted(script), [own.work]).stream(ASK).fullText;
  await own.job("b");
  for (let i = 0; i < 10; i++) await tick();
  expect(own.begun).toEqual(["a", "b"]);
  (await own.job("b")).resolve(1);
  (await own.job("c")).resolve(1);
  (await own.job("a")).resolve(1);
  expect(await first).toBe("Done.");

  const all = workshop();
  const second = withTools(scripted(script), [all.work], { concurrency: 1 }).stream(ASK).fullText;
  for (const callId of ["a", "b", "c"]) {
    const job = await all.job(callId);
    for (let i = 0; i < 10; i++) await tick();
    expect(all.begun.at(-1)).toBe(callId);
    job.resolve(1);
  }
  expect(await second).toBe("Done.");
});

test.each<[string, (stream: ReturnType<ChatModel["stream"]>, controller: AbortController) => void]>([
  ["the reader leaves", (stream) => stream.cancel("enough")],
  ["the signal is aborted", (_, controller) => controller.abort("enough")],
])("when %s, running tools are told at once, and those that wait never run", async (_, leave) => {
  const { work, job, begun } = workshop({ concurrency: 1 });
  let cleaned = false;
  const generator = tool({
    name: "generator",
    input: { ...ANY },
    async *run() {
      try {
        for (;;) yield "still going";
      } finally {
        cleaned = true;
      }
    },
  });
  const controller = new AbortController();
  const model = scripted([[call("g", "generator"), call("a"), call("b")]]);
  const stream = withTools(model, [work, generator]).stream(ASK, { signal: controller.signal });
  const ended = collect(stream).catch((error: unknown) => error);
  const { context, reject } = await job("a");
  leave(stream, controller);
  expect(context.signal.aborted).toBe(true);
  expect(await ended).toMatchObject({ code: "cancelled", cause: "enough" });
  // What a tool does after that is nobody's: vitest fails on a rejection that nobody handles.
  reject(new Error("too late"));
  for (let i = 0; i < 10; i++) await tick();
  expect(begun).toEqual(["a"]);
  expect(cleaned).toBe(true);
  expect(await stream.usage).toEqual({});
});

test("the limit of steps ends the stream with reason budget, results emitted", async () => {
  const model = scripted([[call("a")], [call("b")], ["never"]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const events = await collect(withTools(model, [work], { maxSteps: 2 }).stream(ASK));
  expect(events.slice(-3)).toMatchObject([result("b", 1), { type: "step-finish", step: 1 }, { reason: "budget" }]);
});

test("the limit of tokens ends the stream with reason budget", async () => {
  const spend = (n: number): ChatEvent => ({ type: "usage", usage: { inputTokens: n, outputTokens: n } });
  const model = scripted([[call("a"), spend(4)], [call("b"), spend(1)], ["never"]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const stream = withTools(model, [work], { maxTotalTokens: 10 }).stream(ASK);
  expect(await stream.finishReason).toBe("budget");
  expect(await stream.usage).toEqual({ inputTokens: 5, outputTokens: 5 });
});

test("a source that fails ends the stream; one that hangs does not keep the reader", async () => {
  const model = scripted([]);
  const failing = { tools: () => Promise.reject(new SluiceError("connect-failed", "no server")) };
  await expect(withTools(model, [failing]).stream(ASK).fullText).rejects.toMatchObject({ code: "connect-failed" });
  const hanging = { tools: () => new Promise<never>(() => {}) };
  const stream = withTools(model, [hanging]).stream(ASK);
  const ended = collect(stream).catch((error: unknown) => error);
  await tick();
  stream.cancel();
  expect(await ended).toMatchObject({ code: "cancelled" });
  expect(model.requests).toEqual([]);
});

test.each<[string, () => unknown]>([
  ["maxSteps", () => withTools(scripted([]), [], { maxSteps: 0 })],
  ["maxTotalTokens", () => withTools(scripted([]), [], { maxTotalTokens: 0 })],
  ["concurrency", () => withTools(scripted([]), [], { concurrency: 1.5 })],
  ["model", () => withTools("openai/gpt-5" as unknown as ChatModel, [])],
  ["timeoutMs", () => withTools(scripted([]), [], { timeoutMs: -1 })],
  ["tools[1].name", () => withTools(scripted([]), [workshop().work, workshop().work])],
  [
    "tools[1].name",
    () => withTools(scripted([]), [workshop().work]).stream({ ...ASK, tools: [workshop().work.definition] }),
  ],
  ["messages", () => withTools(scripted([]), []).stream({ messages: [] })],
])("%s that cannot be is refused", (field, make) => {
  expect(make).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
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
