import { expect, test } from "vitest";
import { dialectLaws, readWire } from "../../../test/laws/dialect-laws.js";
import { textOfEvents } from "../../../test/laws/summary.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatMessage } from "../../stream/message.js";
import { aiSdkUi } from "./ai-sdk-ui.js";

dialectLaws(aiSdkUi, {
  carries: {
    reasoning: true,
    toolCalls: true,
    refusals: true,
    reasons: ["stop", "length", "content-filter", "pause", "budget"],
  },
});

const CONTEXT = { model: "m", request: { messages: [] } };

function chunksOf(events: readonly ChatEvent[]): { type: string }[] {
  const chunks: { type: string }[] = [];
  const writer = aiSdkUi.writer(CONTEXT);
  for (const event of events) writer.push(event, (frame) => chunks.push(JSON.parse(frame.data)));
  return chunks;
}

test("a history comes back as it was sent: steps, results, errors, decisions and providers' state", () => {
  const opaque = { dialect: "anthropic", data: { type: "thinking", signature: "c2ln" } };
  const messages: ChatMessage[] = [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Look" },
        { type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2), filename: "a.png" },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", opaque },
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
  const { body, warnings } = aiSdkUi.writeRequest({ messages }, { model: "m", stream: true });
  expect(warnings).toEqual([]);
  expect(aiSdkUi.readRequest(JSON.parse(JSON.stringify(body))).request.messages).toEqual(messages);
});

test("steps are framed, parts closed before others begin, and an approval follows its call", () => {
  const chunks = chunksOf([
    { type: "start", id: "a", model: "m" },
    { type: "step-start", step: 0, model: "m" },
    { type: "text-delta", text: "Let me see." },
    { type: "tool-call", callId: "c", name: "f", input: {} },
    { type: "input-request", id: "c", kind: "approval", callId: "c", name: "f", input: {} },
    { type: "step-finish", step: 0, reason: "input-required", usage: {} },
    { type: "finish", reason: "input-required", usage: {} },
  ]);
  expect(chunks.map(({ type }) => type)).toEqual([
    "start",
    "start-step",
    "text-start",
    "text-delta",
    "text-end",
    "tool-input-available",
    "tool-approval-request",
    "finish-step",
    "finish",
  ]);
});

test("what was written cannot be taken back: the answer ends with an error", () => {
  const [error] = chunksOf([
    { type: "start", id: "a", model: "m" },
    { type: "text-delta", text: "Wrong" },
    { type: "retract", reason: "the model failed" },
    { type: "start", id: "b", model: "n" },
    { type: "text-delta", text: "Right" },
    { type: "finish", reason: "stop", usage: {} },
  ]).slice(-1);
  expect(error).toMatchObject({ type: "error", errorText: expect.stringContaining("the model failed") });
});

test("calls that never got an answer are written as such, since services refuse them", () => {
  const part = { toolCallId: "c", type: "tool-f", input: {} };
  const ask = (state: string, more = {}) =>
    aiSdkUi.readRequest({ messages: [{ role: "assistant", parts: [{ ...part, state, ...more }] }] }).request.messages;
  expect(ask("input-streaming")).toEqual([]);
  expect(ask("input-available")[1]).toMatchObject({ role: "tool", content: [{ type: "tool-result", isError: true }] });
  expect(ask("approval-responded", { approval: { id: "c", approved: false, reason: "no" } })[1]).toEqual({
    role: "tool",
    content: [{ type: "input-response", id: "c", response: { type: "deny", reason: "no" } }],
  });
});

test.each([
  ["the message begins anew", { type: "start", messageId: "a" }],
  ["the step is reset", { type: "reset-step" }],
])("what was said is void where %s", (_, again) => {
  const said = (delta: string) => [
    { type: "start-step" },
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta },
  ];
  const chunks = [
    { type: "start", messageId: "a" },
    ...said("Wrong"),
    again,
    ...said("Right").slice(1),
    { type: "finish" },
  ];
  const bytes = new TextEncoder().encode(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(""));
  const { events, error } = readWire(aiSdkUi, [bytes]);
  expect(error).toBeUndefined();
  expect(textOfEvents(events)).toBe("Right");
  expect(events.filter(({ type }) => type === "retract")).toHaveLength(1);
});
