import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent, FinishReason } from "../../stream/chat-event.js";
import { errorFromJson } from "../../stream/error-json.js";
import type { AssistantMessage } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import type { Usage } from "../../stream/usage.js";
import { answerEvents } from "../answer-events.js";
import type { Answer } from "../dialect.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { isWholeError } from "./errors.js";

/** A whole answer as one body. */
export function writeBody({ id, model, message, reason, rawReason, usage }: Answer): JsonObject {
  const plain = withoutBytes(message) as unknown as JsonObject;
  return {
    id,
    model,
    message: plain,
    reason,
    ...(rawReason !== undefined && { rawReason }),
    usage: usage as JsonObject,
  };
}

/** The events that a stream would have had. */
export function readBody(body: JsonValue): ChatEvent[] {
  if (!isJsonObject(body)) throw malformed(JSON.stringify(body), "not a JSON object");
  if (isWholeError(body.error)) throw errorFromJson(body.error);
  if (!isJsonObject(body.message) || typeof body.reason !== "string") {
    throw notAnAnswer(body, "native", "an answer with message and reason");
  }
  const { id, model, message, reason, rawReason, usage } = body;
  return answerEvents({
    id: String(id ?? ""),
    model: String(model ?? ""),
    message: withBytes(message as unknown as AssistantMessage, "message") as AssistantMessage,
    reason: reason as FinishReason,
    ...(typeof rawReason === "string" && { rawReason }),
    usage: isJsonObject(usage) ? (usage as Usage) : {},
  });
}
