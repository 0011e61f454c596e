import type { ChatEvent } from "./chat-event.js";

/**
 * Whether an event emits something that must not be emitted twice: until one has come, another attempt may take its place. A
 * delta without text has none, nor has the frame around it, nor the news that a model inside was changed for another.
 */
export function isContent(event: ChatEvent): boolean {
  switch (event.type) {
    case "start":
    case "step-start":
    case "usage":
    case "context":
      return false;
    case "text-delta":
    case "reasoning-delta":
      return event.text !== "" || event.opaque !== undefined;
    case "data":
      return event.name !== "fallback/model";
    case "nested":
      return isContent(event.event);
    default:
      return true;
  }
}
