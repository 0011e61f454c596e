import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { errorIn } from "./errors.js";
import { AnthropicReader } from "./reader.js";

/**
 * Reads a whole message as the events that a stream would have had.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(body: JsonValue): ChatEvent[] {
  if (!isJsonObject(body)) throw malformed(JSON.stringify(body), "not a JSON object");
  const error = errorIn(body);
  if (error !== undefined) throw error;
  if (!Array.isArray(body.content) && !isText(body)) throw notAnAnswer(body, "anthropic", "a message");
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => events.push(event);
  const reader = new AnthropicReader();
  reader.event({ type: "message_start", message: body }, { data: "" }, emit);
  reader.event({ type: "message_stop" }, { data: "" }, emit);
  reader.end(emit);
  return events;
}

/** Whether an object is a message whose content is nothing but a text. */
function isText({ type, role, content }: JsonObject): boolean {
  return typeof content === "string" && type === "message" && role === "assistant";
}
