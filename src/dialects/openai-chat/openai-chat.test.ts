import { expect, test } from "vitest";
import { dialectLaws, readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { textOfEvents } from "../../../test/laws/summary.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { openAiChat } from "./openai-chat.js";

dialectLaws(openAiChat, {
  carries: { reasoning: true, toolCalls: true, refusals: true, sources: true },
  context: {
    model: "model-1",
    request: {
      messages: [{ role: "user", content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    },
  },
});

test("what is retracted before any output is not written; after it, the answer ends with an error and nothing more", () => {
  const context = { model: "m", request: { messages: [] } };
  const start: ChatEvent = { type: "start", id: "a", model: "m" };
  const retract: ChatEvent = { type: "retract", reason: "again" };
  const end: ChatEvent[] = [
    { type: "text-delta", text: "Right." },
    { type: "finish", reason: "stop", usage: {} },
  ];
  const early = readWire(openAiChat, [writeWire(openAiChat, [start, retract, start, ...end], context)]);
  expect([early.error, textOfEvents(early.events)]).toEqual([undefined, "Right."]);
  const wrong: ChatEvent = { type: "text-delta", text: "Wrong." };
  const late = readWire(openAiChat, [writeWire(openAiChat, [start, wrong, retract, start, ...end], context)]);
  expect([late.error?.message, textOfEvents(late.events)]).toEqual([expect.stringContaining("void"), "Wrong."]);
});
