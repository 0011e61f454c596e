import type { JsonObject } from "../../base/json.js";
import { answerEvents } from "../answer-events.js";
import type { Answer, WriterContext } from "../dialect.js";
import { ResponseWriter } from "./response-writer.js";

/** A whole response: what the events of a stream add up to. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  const writer = new ResponseWriter(context);
  for (const event of answerEvents(answer)) writer.push(event, () => {});
  return writer.response;
}
