import { expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { call, result, tick } from "../../test/support/tool-events.js";
import { workshop } from "../../test/support/workshop.js";
import { defineModel } from "../models/define-model.js";
import { scripted } from "../models/scripted.js";
import type { ToolResultEvent } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { type ToolContext, tool } from "./tool.js";
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

test("errors of tools, arguments that do not fit and tools that there are not are errors for the model", async () => {
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

test("a turn that the provider paused goes on by itself", async () => {
  const model = scripted([["First. ", { type: "finish", reason: "pause", usage: {} }], ["Second."]]);
  expect(await withTools(model, []).stream(ASK).fullText).toBe("First. Second.");
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "assistant", content: [{ text: "First. " }] });
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
