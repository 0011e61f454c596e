import { describe, expect, test } from "vitest";
import { readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { summarise } from "../../../test/laws/summary.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { AssistantPart, ChatMessage } from "../../stream/message.js";
import { openAiChat } from "./openai-chat.js";

function read(...frames: (JsonObject | string)[]) {
  const text = frames.map((frame) => `data: ${typeof frame === "string" ? frame : JSON.stringify(frame)}\n\n`).join("");
  return readWire(openAiChat, [new TextEncoder().encode(text)]);
}

function chunk(delta: JsonObject, choice: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return { id: "c1", model: "m", choices: [{ index: 0, delta, finish_reason: null, ...choice }], ...more };
}

const END = [chunk({}, { finish_reason: "stop" }), "[DONE]"];

function partsOf(...frames: JsonObject[]) {
  const { events, error } = read(...frames, ...END);
  expect(error).toBeUndefined();
  return summarise(events).parts;
}

function call(fields: JsonObject): JsonObject {
  return chunk({ tool_calls: [fields] });
}

function sentBack(parts: readonly AssistantPart[]): JsonValue | undefined {
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: [...parts, { type: "text", text: "So." }] },
  ];
  const { body } = openAiChat.writeRequest({ messages }, { model: "m", stream: true });
  return Array.isArray(body.messages) ? body.messages[1] : undefined;
}

describe("calls whose pieces are told apart by more than their index", () => {
  const oslo = { type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };
  const rome = { type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } };
  const both = [{ input: { city: "Oslo" } }, { input: { city: "Rome" } }];

  test.each<[what: string, frames: JsonObject[]]>([
    ["an index of 0 for all", [call({ index: 0, id: "a", ...oslo }), call({ index: 0, id: "b", ...rome })]],
    ["no index", [call({ id: "a", ...oslo }), call({ id: "b", ...rome })]],
    ["neither index nor id", [chunk({ tool_calls: [oslo, rome] })]],
  ])("%s", (_, frames) => expect(partsOf(...frames)).toMatchObject(both));

  test("without arguments", () => {
    const named = (id: string) => call({ index: 0, id, function: { name: "now", arguments: "" } });
    expect(partsOf(named("a"), named("b"))).toMatchObject([
      { callId: "a", input: {} },
      { callId: "b", input: {} },
    ]);
  });

  test("pieces of one call with an id each, or with its name each, are one call", () => {
    const piece = (id: string, name: JsonObject, text: string) =>
      call({ index: 0, id, function: { ...name, arguments: text } });
    const weather = { name: "weather" };
    const ids = [piece("a", weather, '{"city"'), piece("b", {}, ':"Os'), piece("c", {}, 'lo"}')];
    const names = [piece("a", weather, '{"city"'), piece("a", weather, ':"Os'), piece("a", weather, 'lo"}')];
    for (const frames of [ids, names]) {
      expect(partsOf(...frames)).toEqual([
        { type: "tool-call", callId: "a", name: "weather", input: { city: "Oslo" } },
      ]);
    }
  });
});

describe("what must come back with a message", () => {
  test("is Gemini's thought signature of a call, also through a client", () => {
    const extra = { google: { thought_signature: "c2ln" } };
    const frame = call({ index: 0, id: "a", function: { name: "now", arguments: "{}" }, extra_content: extra });
    const { events } = read(frame, ...END);
    const parts = summarise(events).parts;
    expect(sentBack(parts)).toMatchObject({ tool_calls: [{ id: "a", extra_content: extra }] });
    const served = readWire(openAiChat, [writeWire(openAiChat, events, { model: "m", request: { messages: [] } })]);
    expect(summarise(served.events).parts).toEqual(parts);
  });

  test("is the plain text that a custom tool takes", () => {
    const piece = (input: string, more: JsonObject = {}) => call({ index: 0, custom: { input, ...more } });
    const { events } = read(piece('say "', { name: "shell" }), piece('hi"\n'), ...END);
    const { parts, toolInputs } = summarise(events);
    expect(parts).toMatchObject([{ type: "tool-call", name: "shell", input: 'say "hi"\n' }]);
    expect(Object.values(toolInputs)).toEqual(['say "hi"\n']);
    expect(sentBack(parts)).toMatchObject({
      tool_calls: [{ type: "custom", custom: { name: "shell", input: 'say "hi"\n' } }],
    });
  });

  test("are OpenRouter's reasoning blocks, each whole with its signature", () => {
    const details = (...blocks: JsonObject[]) => chunk({ reasoning_details: blocks });
    const parts = partsOf(
      details({ type: "reasoning.text", index: 0, format: "anthropic-claude-v1", text: "Let me " }),
      details({ type: "reasoning.text", index: 0, text: "see." }),
      details({ type: "reasoning.text", index: 0, signature: "c2ln" }),
      details({ type: "reasoning.encrypted", index: 1, data: "eA==" }, { type: "reasoning.encrypted", data: "eQ==" }),
    );
    const blocks = [
      { type: "reasoning.text", index: 0, format: "anthropic-claude-v1", text: "Let me see.", signature: "c2ln" },
      { type: "reasoning.encrypted", index: 1, data: "eA==" },
      { type: "reasoning.encrypted", data: "eQ==" },
    ];
    expect(parts).toMatchObject([{ type: "reasoning", text: "Let me see." }]);
    expect(sentBack(parts)).toMatchObject({ reasoning_details: blocks });
  });
});

describe("what services say beyond the protocol is told", () => {
  test("once, and after the first content", () => {
    const filtered = { hate: { filtered: false, severity: "safe" } };
    const { events } = read(
      { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: filtered }] },
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hel" }, { content_filter_results: filtered }),
      chunk({ content: "lo" }, { content_filter_results: filtered }),
      ...END,
    );
    expect(events.map((event) => (event.type === "data" ? event.name : event.type))).toEqual([
      "start",
      "text-delta",
      "provider/prompt_filter_results",
      "provider/content_filter_results",
      "text-delta",
      "finish",
    ]);
  });

  test.each<[what: string, frame: JsonObject, name: string, value: JsonValue]>([
    ["tools that Groq ran", chunk({ executed_tools: [{ index: 0 }] }), "executed_tools", [{ index: 0 }]],
    ["related questions", chunk({}, {}, { related_questions: ["Why?"] }), "related_questions", ["Why?"]],
    ["other annotations", chunk({ annotations: [{ type: "file" }] }), "annotation", { type: "file" }],
    [
      "references in a thought",
      chunk({ content: [{ type: "thinking", thinking: [{ type: "reference", ids: [1] }] }] }),
      "reference",
      { type: "reference", ids: [1] },
    ],
    [
      "other choices",
      { id: "c1", choices: [{ index: 1, delta: { content: "B" } }] },
      "choice",
      {
        index: 1,
        delta: { content: "B" },
      },
    ],
  ])("%s", (_, frame, name, value) => {
    const { events } = read(chunk({ content: "A" }), frame, ...END);
    expect(events).toContainEqual({ type: "data", name: `provider/${name}`, value });
  });
});

test.each<[what: string, frame: JsonObject, error: object]>([
  ["an error of Groq's", chunk({}, {}, { x_groq: { error: "over capacity" } }), { message: "over capacity" }],
  ["an error that is the frame", { object: "error", message: "no memory", code: 500 }, { status: 500 }],
  ["a finish reason", chunk({}, { finish_reason: "error" }), { code: "provider-error", retryable: true }],
  ["sound that is not base64", chunk({ audio: { id: "a", data: "***" } }), { code: "malformed-frame" }],
])("%s is an error", (_, frame, error) => {
  expect(read(chunk({ content: "A" }), frame, ...END).error).toMatchObject(error);
});

test("another choice may be the first to say something", () => {
  const other = { index: 1, delta: { content: "B" } };
  const { events } = read({ id: "c1", model: "m", choices: [other] }, chunk({ content: "A" }), ...END);
  expect(events.map(({ type }) => type)).toEqual(["start", "data", "text-delta", "finish"]);
});

test("an empty finish reason is none", () => {
  const { error } = read(chunk({ content: "A" }, { finish_reason: "" }));
  expect(error).toMatchObject({ code: "truncated" });
});

test("an empty text of reasoning does not hide the one under another name", () => {
  expect(partsOf(chunk({ reasoning_content: "", reasoning: "Hm." }))).toEqual([{ type: "reasoning", text: "Hm." }]);
});

test("a whole message and a plain completion are read where chunks were expected", () => {
  expect(partsOf({ id: "c1", choices: [{ message: { content: "Hello" } }] })).toEqual([
    { type: "text", text: "Hello" },
  ]);
  expect(partsOf({ id: "c1", choices: [{ text: "Hello" }] })).toEqual([{ type: "text", text: "Hello" }]);
});

test("reasoning that is counted beside the completion is output, too", () => {
  const usage = (total: number) => ({
    prompt_tokens: 12,
    completion_tokens: 2,
    total_tokens: total,
    completion_tokens_details: { reasoning_tokens: 340 },
  });
  const read = (raw: JsonObject) =>
    openAiChat.readBody({ choices: [{ message: { content: "A" }, finish_reason: "stop" }], usage: raw }).at(-1);
  expect(read(usage(354))).toMatchObject({ usage: { outputTokens: 342, reasoningTokens: 340 } });
  expect(read(usage(14))).toMatchObject({ usage: { outputTokens: 2, reasoningTokens: 340 } });
});

test("a whole answer's sound has the form that it was asked for in", () => {
  const wav = btoa(`RIFF\0\0\0\0WAVEfmt `);
  const audio = { id: "a", data: wav, transcript: "Hello" };
  const [, , file] = openAiChat.readBody({ choices: [{ message: { audio }, finish_reason: "stop" }] });
  expect(file).toMatchObject({ type: "file", mediaType: "audio/wav" });
});

test("a call that is cut by the token limit before its arguments is not one without any", () => {
  const named = (index: number) => call({ index, id: `call_${index}`, function: { name: "pay", arguments: "" } });
  const { events } = read(named(0), named(1), chunk({}, { finish_reason: "length" }), "[DONE]");
  expect(summarise(events).parts).toMatchObject([{ input: {} }, { input: "", invalid: true }]);
});

test("several calls that go on without index, id or name go on by their places", () => {
  const named = (name: string) => ({ id: `${name}_0`, type: "function", function: { name, arguments: "" } });
  const more = (text: string) => ({ function: { arguments: text } });
  const parts = partsOf(
    chunk({ tool_calls: [named("weather"), named("time")] }),
    chunk({ tool_calls: [more('{"city":'), more('{"zone":')] }),
    chunk({ tool_calls: [more('"Oslo"}'), more('"UTC"}')] }),
  );
  expect(parts).toMatchObject([
    { callId: "weather_0", input: { city: "Oslo" } },
    { callId: "time_0", input: { zone: "UTC" } },
  ]);
});

test.each(["eos", "end_turn"])("%s is the end of a whole answer", (reason) => {
  const { events } = read(chunk({ content: "Hi" }), chunk({}, { finish_reason: reason }), "[DONE]");
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
});

test("a body without a choice is no answer", () => {
  expect(() => openAiChat.readBody({ id: "c1", model: "m", choices: [], usage: { prompt_tokens: 1 } })).toThrow(
    expect.objectContaining({ code: "malformed-frame" }),
  );
});

test("all that came of a search result is kept with its source", () => {
  const result = { url: "https://a.example/", title: "A", snippet: "about a", date: "2026-01-02", source: "web" };
  const { events } = read(chunk({ content: "Hi" }, {}, { search_results: [result] }), ...END);
  expect(events.find(({ type }) => type === "source")).toMatchObject({
    source: { url: result.url, title: "A", quote: "about a", opaque: { dialect: "openai-chat", data: result } },
  });
});

test("a call of a tool that takes plain text reaches a client in its form, streamed and whole", () => {
  const input = 'SELECT "a"';
  const custom = { name: "sql", input };
  const { events } = read(chunk({ tool_calls: [{ index: 0, id: "a", type: "custom", custom }] }), ...END);
  const tools = [{ dialect: "openai-chat", type: "custom", name: "sql", args: { custom: { name: "sql" } } }];
  const context = { model: "m", created: 0, request: { messages: [], tools } };
  const wire = writeWire(openAiChat, events, context);
  expect(new TextDecoder().decode(wire)).toContain(JSON.stringify({ index: 0, id: "a", type: "custom", custom }));
  expect(summarise(readWire(openAiChat, [wire]).events).parts).toEqual(summarise(events).parts);
  const message = { role: "assistant" as const, content: summarise(events).parts };
  const body = openAiChat.writeBody({ id: "c1", model: "m", message, reason: "tool-calls", usage: {} }, context);
  expect(body.choices).toMatchObject([{ message: { tool_calls: [{ id: "a", type: "custom", custom }] } }]);
});

test("an answer that follows one that is over, as in recordings of several calls, is another step", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  const named = { index: 0, id: "a", function: { name: "now", arguments: "{}" } };
  const { events, error } = read(
    chunk({ role: "assistant", tool_calls: [named] }),
    chunk({}, { finish_reason: "tool_calls" }, { usage }),
    { ...chunk({ role: "assistant", content: "It is " }), id: "c2" },
    { ...chunk({ content: "noon." }), id: "c2" },
    { ...chunk({}, { finish_reason: "stop" }, { usage }), id: "c2" },
    "[DONE]",
  );
  expect(error).toBeUndefined();
  const steps = events.filter(({ type }) => type.startsWith("step"));
  expect(steps).toMatchObject([
    { type: "step-finish", step: 0, reason: "tool-calls" },
    { type: "step-start", step: 1 },
    { type: "step-finish", step: 1, reason: "stop" },
  ]);
  const { parts, reason, usage: spent } = summarise(events);
  expect(reason).toBe("stop");
  expect(spent).toMatchObject({ inputTokens: 20, outputTokens: 4 });
  expect(parts).toMatchObject([{ type: "tool-call", input: {} }, { text: "It is noon." }]);
});

test("what comes after the finish reason under another id is no other answer unless it begins one", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  const { events } = read(chunk({ content: "Hi" }), END[0] ?? "", { ...chunk({}, {}, { usage }), id: "c2" }, "[DONE]");
  expect(events.map(({ type }) => type)).toEqual(["start", "text-delta", "usage", "finish"]);
});

test("an error in mid-stream says what it cost, and what a provider behind the service said", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  const metadata = { provider_name: "A", raw: "the GPU fell off" };
  const failed = { error: { code: 502, message: "Provider returned error", metadata }, usage };
  const { events, error } = read(chunk({ content: "Hi" }), chunk({}, { finish_reason: "error" }, failed));
  expect(events.at(-1)).toMatchObject({ type: "usage", usage: { inputTokens: 10 } });
  expect(error).toMatchObject({
    code: "provider-error",
    providerMessage: "Provider returned error: the GPU fell off",
  });
});

test("what follows the arguments of a call that was complete is emitted, and no part of them", () => {
  const more = (text: string) => call({ index: 0, function: { arguments: text } });
  const named = (index: number) => call({ index, id: `call_${index}`, function: { name: "look", arguments: "" } });
  const { events, error } = read(named(0), ...Array.from('{"abcdefghij":1}', more), named(1), more("x"), ...END);
  expect(error).toBeUndefined();
  expect(events).toContainEqual({ type: "data", name: "provider/tool_calls", value: { callId: "call_0", after: "x" } });
});

test("sound that a model speaks is emitted as it comes, is one file in the message, and reaches a client", () => {
  const piece = (data: string, more = {}) => chunk({ audio: { ...more, data } });
  const { events } = read(
    piece("AAE=", { id: "audio_1" }),
    chunk({ audio: { transcript: "Hel" } }),
    piece("AgM="),
    chunk({ audio: { transcript: "lo" } }),
    ...END,
  );
  expect(events.flatMap((event) => (event.type === "audio-delta" ? [[...event.data]] : []))).toEqual([
    [0, 1],
    [2, 3],
  ]);
  const file = { type: "file", mediaType: "audio/pcm;rate=24000", data: Uint8Array.of(0, 1, 2, 3) };
  const said = [
    { ...file, opaque: { dialect: "openai-chat", data: { audio: { id: "audio_1" } } } },
    { type: "text", text: "Hello" },
  ];
  expect(summarise(events).parts).toEqual(said);
  const wire = writeWire(openAiChat, events, { model: "m", created: 0, request: { messages: [] } });
  expect(summarise(readWire(openAiChat, [wire]).events).parts).toEqual(said);
});
