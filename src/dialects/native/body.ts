import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent, FinishReason } from "../../stream/chat-event.js";
import { describe, SluiceError } from "../../stream/error.js";
import { errorFromJson } from "../../stream/error-json.js";
import type { AssistantMessage } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import type { Usage } from "../../stream/usage.js";
import { answerEvents } from "../answer-events.js";
import type { Answer } from "../dialect.js";

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
  if (isJsonObject(body) && isJsonObject(body.error)) throw errorFromJson(body.error);
  const whole = isJsonObject(body) && isJsonObject(body.message) && typeof body.reason === "string";
  if (!whole) {
    const frame = (JSON.stringify(body) ?? "").slice(0, 500);
    throw new SluiceError("malformed-frame", `an answer has message and reason; found ${describe(body)}`, { frame });
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
