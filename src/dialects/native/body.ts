import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { errorFromJson } from "../../stream/error-json.js";
import { eventOf, eventToJson } from "../../stream/event-json.js";
import { isFinishReason } from "../../stream/finish-reasons.js";
import type { AssistantMessage } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import type { Usage } from "../../stream/usage.js";
import { answerEvents } from "../answer-events.js";
import type { Answer } from "../dialect.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { isWholeError } from "./errors.js";

/** A whole answer as one body; with its events, where the message does not say all that they do. */
export function writeBody(answer: Answer): JsonObject {
  const { id, model, message, reason, rawReason, usage, events } = answer;
  const plain = withoutBytes(message) as unknown as JsonObject;
  const more = events?.some((event) => isBeyondMessage(event)) ? events.map((event) => eventToJson(event)) : undefined;
  return {
    id,
    model,
    message: plain,
    reason,
    ...(rawReason !== undefined && { rawReason }),
    usage: usage as JsonObject,
    ...(more !== undefined && { events: more as unknown as JsonObject[] }),
  };
}

/** Whether an event is in no message: a step, data, what is heard, what happens inside. */
function isBeyondMessage(event: ChatEvent): boolean {
  switch (event.type) {
    case "step-start":
    case "step-finish":
    case "sentence":
    case "audio-delta":
    case "nested":
    case "context":
      return true;
    case "data":
      return event.opaque === undefined;
    case "tool-result":
      return event.preliminary === true;
    default:
      return false;
  }
}

/** The events that a stream would have had. */
export function readBody(body: JsonValue): ChatEvent[] {
  if (!isJsonObject(body)) throw malformed(JSON.stringify(body), "not a JSON object");
  if (isWholeError(body.error)) throw errorFromJson(body.error);
  if (!isJsonObject(body.message) || !isFinishReason(body.reason)) {
    throw notAnAnswer(body, "native", "an answer with message and reason");
  }
  const { id, model, message, rawReason, usage } = body;
  const { reason } = body;
  const events = Array.isArray(body.events) ? body.events.map((event) => eventOf(event)) : undefined;
  return answerEvents({
    id: String(id ?? ""),
    model: String(model ?? ""),
    message: withBytes(message as unknown as AssistantMessage, "message") as AssistantMessage,
    reason,
    ...(typeof rawReason === "string" && { rawReason }),
    usage: isJsonObject(usage) ? (usage as Usage) : {},
    ...(events && { events }),
  });
}
