import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { type HttpModelOptions, httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { framesOf } from "./behaviours.js";
import type { FaultServer } from "./fault-server.js";

/** What the tests ask. */
export const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

export const TEXT = "Grüße, 世界! 🌊 A sluice lets water through.";

/** An answer with text, a tool call and usage. */
export const EVENTS: readonly ChatEvent[] = [
  { type: "start", id: "chatcmpl-1", model: "model-1" },
  ...(TEXT.match(/.{1,5}/gu) ?? []).map((text): ChatEvent => ({ type: "text-delta", text })),
  { type: "tool-input-delta", callId: "call-1", name: "look", delta: '{"at":' },
  { type: "tool-input-delta", callId: "call-1", name: "look", delta: '"gate"}' },
  { type: "tool-call", callId: "call-1", name: "look", input: { at: "gate" } },
  { type: "finish", reason: "tool-calls", usage: { inputTokens: 3, outputTokens: 21 } },
];

/** The answer on the wire, a frame each: start, text, call, finish reason, usage, end marker. */
export const FRAMES: readonly string[] = framesOf(openAiChat, EVENTS);

/** The first frames: up to and including the second piece of text. */
export const BEGINNING = FRAMES.slice(0, 3).join("");
export const BEGINNING_TEXT =
  TEXT.match(/.{1,5}/gu)
    ?.slice(0, 2)
    .join("") ?? "";

/** A model behind a server. */
export function modelAt(server: FaultServer | string, options: Partial<HttpModelOptions> = {}): ChatModel {
  const baseUrl = typeof server === "string" ? server : server.url;
  return httpModel({ id: "test/model-1", model: "model-1", dialect: openAiChat, baseUrl, ...options });
}
