import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { malformed } from "../parse-frame.js";
import { otherProtocol } from "../wire-marks.js";
import type { AnswerForm } from "./answer-form.js";
import { OllamaReader } from "./reader.js";

/**
 * Reads a whole answer: a line that says everything at once.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(body: JsonValue, form: AnswerForm): ChatEvent[] {
  const text = JSON.stringify(body);
  if (!isJsonObject(body)) throw malformed(text, "not a JSON object");
  const events: ChatEvent[] = [];
  const reader = new OllamaReader(form);
  // A whole answer is done, even where it does not say so.
  const isLine = form.read(body) !== undefined && otherProtocol(body, form.name) === undefined;
  const whole = !isLine ? text : JSON.stringify({ ...body, done: true });
  reader.push({ data: whole }, (event) => events.push(event));
  return events;
}
