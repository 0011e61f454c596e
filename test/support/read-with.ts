import type { JsonObject } from "../../src/base/json.js";
import type { WireReader } from "../../src/dialects/dialect.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { SluiceError } from "../../src/stream/error.js";

/** The events that a reader makes of these frames, up to its end or its error. */
export function readWith(
  reader: WireReader,
  frames: readonly (JsonObject | string)[],
): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  try {
    for (const frame of frames) reader.push({ data: typeof frame === "string" ? frame : JSON.stringify(frame) }, emit);
    reader.end(emit);
    return { events };
  } catch (error) {
    return { events, error: error as SluiceError };
  }
}
