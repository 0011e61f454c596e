import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { answerEvents } from "../answer-events.js";
import type { Answer, WriterContext } from "../dialect.js";
import { malformed } from "../parse-frame.js";
import { notAnAnswer } from "../stray-frames.js";
import { AgUiReader } from "./reader.js";
import { AgUiWriter } from "./writer.js";

/** A whole run: the protocol has no body for one, so it is the list of its events. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  const events: JsonValue[] = [];
  const writer = new AgUiWriter(context);
  for (const event of answerEvents(answer)) writer.push(event, (frame) => events.push(JSON.parse(frame.data)));
  return { events };
}

/** The events of such a list. */
export function readBody(body: JsonValue): ChatEvent[] {
  const list = isJsonObject(body) ? body.events : body;
  if (!Array.isArray(list)) {
    if (isJsonObject(body)) throw notAnAnswer(body, "ag-ui", "a list of events");
    throw malformed(JSON.stringify(body), "not a list of events");
  }
  const events: ChatEvent[] = [];
  const reader = new AgUiReader();
  for (const one of list) reader.push({ data: JSON.stringify(one) }, (event) => events.push(event));
  reader.end();
  return events;
}
