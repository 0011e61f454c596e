import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { errorIn } from "./errors.js";
import { plainChunk } from "./plain-chunk.js";
import { GeminiReader, isAnswer } from "./reader.js";

/**
 * Reads a whole answer as the events that a stream would have had. An array, as `streamGenerateContent` gives it without
 * `alt=sse`, is the chunks of a stream.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(body: JsonValue): ChatEvent[] {
  const chunks = Array.isArray(body) ? body.map(object) : [object(body)];
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => events.push(event);
  const reader = new GeminiReader({ whole: !Array.isArray(body) });
  for (const chunk of chunks) reader.chunk(chunk, { data: "" }, emit);
  reader.end(emit);
  return events;
}

function object(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw malformed(JSON.stringify(value), "not a JSON object");
  const error = errorIn(value);
  if (error !== undefined) throw error;
  if (!isAnswer(plainChunk(value))) throw notAnAnswer(value, "gemini", "an answer");
  return value;
}
