import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { errorIn } from "../openai-error.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { OpenAiChatReader } from "./reader.js";
import { workersAiChunk } from "./workers-ai.js";

/**
 * Reads a whole chat completion as the events that a stream would have had: its message is a delta that came in one
 * piece, so the reader of streams reads it.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(wire: JsonValue): ChatEvent[] {
  if (!isJsonObject(wire)) throw malformed(JSON.stringify(wire), "not a JSON object");
  const own = workersAiChunk(wire);
  const body = own ?? wire;
  const error = errorIn(body);
  if (error !== undefined) throw error;
  if (!Array.isArray(body.choices)) throw notAnAnswer(body, "openai-chat", "a chat completion");
  if (body.choices.length === 0) throw malformed(JSON.stringify(body), "a chat completion without an answer");
  // A form without finish reasons: a body that came whole is complete.
  const ended = own === undefined ? {} : { finish_reason: "stop" };
  const choices = body.choices.map((choice) => {
    if (!isJsonObject(choice)) return choice;
    return { ...ended, ...choice, ...(isJsonObject(choice.message) && { delta: indexed(choice.message) }) };
  });
  const events: ChatEvent[] = [];
  const reader = new OpenAiChatReader();
  reader.push({ data: JSON.stringify({ ...body, choices }) }, (event) => events.push(event));
  reader.push({ data: "[DONE]" }, (event) => events.push(event));
  // Arguments that came whole were not streamed.
  return events.filter((event) => event.type !== "tool-input-delta");
}

/** In a whole message the calls have no index: their place says it. */
function indexed(message: JsonObject): JsonObject {
  if (!Array.isArray(message.tool_calls)) return message;
  const calls = message.tool_calls.map((call, index) => (isJsonObject(call) ? { index, ...call } : call));
  return { ...message, tool_calls: calls };
}
