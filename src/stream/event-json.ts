import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { isJsonObject, type JsonObject } from "../base/json.js";
import type { ChatEvent } from "./chat-event.js";
import { checkEvent } from "./check-event.js";
import { describe, SluiceError } from "./error.js";

/** Every type of event; the compiler holds it to the union. */
const TYPES: Readonly<Record<ChatEvent["type"], true>> = {
  start: true,
  "text-delta": true,
  "reasoning-delta": true,
  "tool-input-delta": true,
  "tool-call": true,
  "tool-result": true,
  "input-request": true,
  sentence: true,
  "audio-delta": true,
  nested: true,
  source: true,
  file: true,
  data: true,
  context: true,
  usage: true,
  "step-start": true,
  "step-finish": true,
  retract: true,
  finish: true,
};

/** An event as JSON text on one line. Bytes are base64. */
export function stringifyEvent(event: ChatEvent): string {
  return JSON.stringify(eventToJson(event));
}

/** An event as a value that JSON can carry. Bytes are base64. */
export function eventToJson(event: ChatEvent): object {
  switch (event.type) {
    case "file":
    case "audio-delta":
      return { ...event, data: encodeBase64(event.data) };
    case "nested":
      return { ...event, event: eventToJson(event.event) };
    default:
      return event;
  }
}

/**
 * An event from its JSON, as `stringifyEvent` writes it.
 *
 * @throws {SluiceError} `malformed-frame` when it is not an event.
 */
export function eventOf(value: unknown): ChatEvent {
  if (!isJsonObject(value) || typeof value.type !== "string" || !Object.hasOwn(TYPES, value.type)) {
    const found = isJsonObject(value) ? describe(value.type) : describe(value);
    const allowed = Object.keys(TYPES).join(", ");
    const frame = frameOf(value);
    throw new SluiceError("malformed-frame", `an event's type: found ${found}; allowed: ${allowed}`, { frame });
  }
  const event = withBytes(value);
  try {
    checkEvent(event);
  } catch (thrown) {
    throw new SluiceError("malformed-frame", SluiceError.from(thrown).message, {
      frame: frameOf(value),
      cause: thrown,
    });
  }
  return event;
}

function withBytes(event: JsonObject): unknown {
  if (event.type === "nested") return { ...event, event: eventOf(event.event) };
  if (event.type !== "file" && event.type !== "audio-delta") return event;
  if (typeof event.data !== "string") {
    throw new SluiceError("malformed-frame", `a ${event.type} event without data`, { frame: frameOf(event) });
  }
  return { ...event, data: decodeBase64(event.data) };
}

function frameOf(value: unknown): string {
  return (JSON.stringify(value) ?? "").slice(0, 500);
}
