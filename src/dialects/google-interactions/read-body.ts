import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { errorIn } from "../gemini/errors.js";
import { malformed } from "../parse-frame.js";
import { InteractionReader } from "./reader.js";

/**
 * Reads a whole interaction as the events that a stream would have had.
 *
 * @throws {SluiceError} the provider's error, or `malformed-frame`.
 */
export function readBody(body: JsonValue): ChatEvent[] {
  if (!isJsonObject(body)) throw malformed(JSON.stringify(body), "not a JSON object");
  const error = errorIn(body);
  if (error !== undefined) throw error;
  // The first version named them outputs.
  const steps = body.steps ?? body.outputs;
  if (!Array.isArray(steps) || typeof body.status !== "string") throw malformed(JSON.stringify(body), "no interaction");
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => events.push(event);
  const reader = new InteractionReader();
  reader.event({ event_type: "interaction.created", interaction: body }, emit);
  for (const [index, step] of steps.entries()) {
    reader.event({ event_type: "step.start", index, step }, emit);
    reader.event({ event_type: "step.stop", index }, emit);
  }
  reader.event({ event_type: "interaction.completed", interaction: body }, emit);
  return events;
}
