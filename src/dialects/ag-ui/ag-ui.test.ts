import { expect, test } from "vitest";
import { dialectLaws, readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatMessage } from "../../stream/message.js";
import { agUi } from "./ag-ui.js";

dialectLaws(agUi, {
  carries: {
    reasoning: true,
    toolCalls: true,
    refusals: true,
    sources: true,
    reasons: ["stop", "length", "content-filter", "pause", "budget", "other"],
  },
});

test("a history comes back as it was sent: reasoning with its state, calls, results and errors", () => {
  const opaque = { dialect: "anthropic", data: { type: "thinking", signature: "c2ln" } };
  const messages: ChatMessage[] = [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Look" },
        { type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2) },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", opaque },
        { type: "text", text: "Wait." },
        { type: "tool-call", callId: "a", name: "weather", input: { city: "Oslo" } },
        { type: "tool-call", callId: "b", name: "time", input: {} },
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "a", name: "weather", output: { sun: true } },
        { type: "tool-result", callId: "b", name: "time", output: "no clock", isError: true },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "It is sunny." }] },
  ];
  const { body, warnings } = agUi.writeRequest({ messages }, { model: "m", stream: true });
  expect(warnings).toEqual([]);
  const served = agUi.readRequest(JSON.parse(JSON.stringify(body)));
  expect(served).toMatchObject({ model: "m", request: { messages } });
});

test("what a run waits for is an interrupt, and its answer comes with the next run", () => {
  const frames: { type: string }[] = [];
  const writer = agUi.writer({ model: "m", request: { messages: [] }, fields: { threadId: "t", runId: "r" } });
  const call = { callId: "c", name: "pay", input: { sum: 3 } };
  for (const event of [
    { type: "start" as const, id: "a", model: "m" },
    { type: "tool-call" as const, ...call },
    { type: "input-request" as const, id: "c", kind: "approval" as const, ...call },
    { type: "finish" as const, reason: "input-required" as const, usage: {} },
  ]) {
    writer.push(event, (frame) => frames.push(JSON.parse(frame.data)));
  }
  expect(frames.at(-1)).toMatchObject({
    type: "RUN_FINISHED",
    threadId: "t",
    runId: "r",
    outcome: { type: "interrupt", interrupts: [{ id: "c", toolCallId: "c" }] },
  });
  const asked = {
    id: "x",
    role: "assistant",
    toolCalls: [{ id: "c", type: "function", function: { name: "pay", arguments: '{"sum":3}' } }],
  };
  const { request } = agUi.readRequest({
    messages: [{ id: "u", role: "user", content: "Pay" }, asked],
    resume: [{ interruptId: "c", status: "resolved", payload: { approved: true, input: { sum: 2 } } }],
  });
  expect(request.messages.slice(1)).toEqual([
    {
      role: "assistant",
      content: [
        { type: "tool-call", ...call },
        { type: "input-request", id: "c", kind: "approval", ...call },
      ],
    },
    { role: "tool", content: [{ type: "input-response", id: "c", response: { type: "edit", input: { sum: 2 } } }] },
  ]);
});

test("context and state reach the model", () => {
  const { request } = agUi.readRequest({
    messages: [{ role: "user", content: "Hi" }],
    context: [{ description: "Place", value: "Oslo" }],
    state: { step: 2 },
  });
  expect(request.messages[0]).toEqual({ role: "system", content: 'Place: Oslo\nState: {"step":2}' });
});

/** The events of a run between its start and its end. */
function read(...events: JsonObject[]) {
  const all = [{ type: "RUN_STARTED", threadId: "t", runId: "r" }, ...events, { type: "RUN_FINISHED", runId: "r" }];
  const text = all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return readWire(agUi, [new TextEncoder().encode(text)]);
}

test("a call that runs elsewhere may emit something before it is announced itself", () => {
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    {
      type: "tool-result",
      callId: "i",
      name: "draw",
      output: "half",
      preliminary: true,
      providerExecuted: true,
    },
    { type: "tool-call", callId: "i", name: "draw", input: {}, providerExecuted: true },
    { type: "finish", reason: "stop", usage: {} },
  ];
  const context = { model: "m", request: { messages: [] } };
  const read = readWire(agUi, [writeWire(agUi, events, context)]).events;
  expect(read.filter(({ type }) => type === "tool-result")).toEqual([events[1]]);
});

test("calls that come in chunks are emitted, each when the next thing comes", () => {
  const { events, error } = read(
    { type: "TOOL_CALL_CHUNK", toolCallId: "a", toolCallName: "look", delta: '{"at"' },
    { type: "TOOL_CALL_CHUNK", delta: ":1}" },
    { type: "TOOL_CALL_CHUNK", toolCallId: "b", toolCallName: "wait" },
    { type: "TEXT_MESSAGE_CHUNK", messageId: "m", delta: "So" },
    { type: "TEXT_MESSAGE_CHUNK", delta: "." },
  );
  expect(error).toBeUndefined();
  expect(summarise(events).parts).toEqual([
    expect.objectContaining({ type: "tool-call", callId: "a", name: "look", input: { at: 1 } }),
    expect.objectContaining({ type: "tool-call", callId: "b", name: "wait", input: {} }),
    { type: "text", text: "So." },
  ]);
});

const said = (...pieces: string[]): JsonObject[] => [
  { type: "TEXT_MESSAGE_START", messageId: "m", role: "assistant" },
  ...pieces.map((delta) => ({ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta })),
  { type: "TEXT_MESSAGE_END", messageId: "m" },
];
const snapshot = (id: string, content: string): JsonObject => ({
  type: "MESSAGES_SNAPSHOT",
  messages: [
    { id: "before", role: "assistant", content: "Earlier" },
    { id: "u", role: "user", content: "Hi" },
    { id, role: "assistant", content },
  ],
});

test.each<[string, JsonObject[], string, boolean]>([
  ["repeats what was streamed", [...said("Hel", "lo"), snapshot("m", "Hello")], "Hello", false],
  ["repeats it under another id", [...said("Hello"), snapshot("other", "Hello")], "Hello", false],
  ["has more", [...said("Hel"), snapshot("m", "Hello")], "Hello", false],
  ["is all there is", [snapshot("m", "Hello")], "Hello", false],
  ["says something else", [...said("wor", "ld!"), snapshot("m", "Hello, world!")], "Hello, world!", true],
])("a snapshot of messages that %s", (_, events, text, retracted) => {
  const { events: told, error } = read(...events);
  expect(error).toBeUndefined();
  expect(textOfEvents(told)).toBe(text);
  expect(told.some(({ type }) => type === "retract")).toBe(retracted);
});

test("what the user said is not the model's, and thoughts of the protocol before version 1 are reasoning", () => {
  const { events } = read(
    { type: "TEXT_MESSAGE_START", messageId: "u", role: "user" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "u", delta: "Hi" },
    { type: "THINKING_START" },
    { type: "THINKING_TEXT_MESSAGE_START" },
    { type: "THINKING_TEXT_MESSAGE_CONTENT", delta: "Hm." },
    { type: "THINKING_TEXT_MESSAGE_END" },
    { type: "THINKING_END" },
    ...said("Hello"),
  );
  expect(summarise(events).parts).toEqual([
    { type: "reasoning", text: "Hm." },
    { type: "text", text: "Hello" },
  ]);
});

test("a call that comes twice ends once", () => {
  const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    call,
    call,
    { type: "finish", reason: "tool-calls", usage: {} },
  ];
  const wire = new TextDecoder().decode(writeWire(agUi, events, { model: "m", created: 1, request: { messages: [] } }));
  expect(wire.match(/TOOL_CALL_END/g)).toHaveLength(1);
});
