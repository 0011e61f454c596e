import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { errorIn } from "../openai-error.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { ResponsesReader } from "./reader.js";

/**
 * Reads a whole response as the events that a stream would have had: a stream ends with the same object.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(body: JsonValue): ChatEvent[] {
  const text = JSON.stringify(body);
  if (!isJsonObject(body)) throw malformed(text, "not a JSON object");
  const error = errorIn(body);
  if (error !== undefined) throw error;
  if (!Array.isArray(body.output)) throw notAnAnswer(body, "openai-responses", "a response");
  const events: ChatEvent[] = [];
  const reader = new ResponsesReader();
  reader.event({ type: "response.completed", response: body }, { data: text }, (event) => events.push(event));
  reader.end((event) => events.push(event));
  return events;
}
