import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { answerEvents } from "../answer-events.js";
import type { Answer } from "../dialect.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { UiMessageReader } from "./reader.js";
import { UiMessageWriter } from "./writer.js";

/** A whole answer: the protocol has no body for one, so it is the list of the stream's chunks. */
export function writeBody(answer: Answer): JsonObject {
  const chunks: JsonValue[] = [];
  const writer = new UiMessageWriter();
  for (const event of answerEvents(answer)) writer.push(event, (frame) => chunks.push(JSON.parse(frame.data)));
  return { chunks };
}

/** The events of such a list. */
export function readBody(body: JsonValue): ChatEvent[] {
  const chunks = isJsonObject(body) ? body.chunks : body;
  if (!Array.isArray(chunks)) {
    if (isJsonObject(body)) throw notAnAnswer(body, "ai-sdk-ui", "a list of chunks");
    throw malformed(JSON.stringify(body), "not a list of chunks");
  }
  const events: ChatEvent[] = [];
  const reader = new UiMessageReader();
  for (const chunk of chunks) reader.push({ data: JSON.stringify(chunk) }, (event) => events.push(event));
  reader.end();
  return events;
}
