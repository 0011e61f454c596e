import type { Batch } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { OpenQuestion } from "../engines/engine.js";

/** Events of what happens inside a step, as the run's reader gets them. */
export function nestedEvents(from: string, attempt: number, batch: Batch): ChatEvent[] {
  if (attempt === 1) return batch.map((event) => ({ type: "nested", from, event }));
  return batch.map((event) => ({ type: "nested", from, attempt, event }));
}

/** A question that waits, as an event. */
export function questionEvent({ id, message, schema }: OpenQuestion): ChatEvent {
  return { type: "input-request", id, kind: "question", message, schema };
}
