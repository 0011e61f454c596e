import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { stringifyEvent } from "../stream/event-json.js";

/** What an event costs beside its text, about: V8's object and its strings' heads, in bytes. */
const OVERHEAD = 64;

/** What events take in memory, in bytes, about: for limits, not for bills. */
export function sizeOf(events: Batch): number {
  let size = 0;
  for (let i = 0; i < events.length; i++) size += OVERHEAD + contentSize(events[i] as ChatEvent);
  return size;
}

function contentSize(event: ChatEvent): number {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
      return event.text.length;
    case "tool-input-delta":
      return event.delta.length;
    case "file":
    case "audio-delta":
      return event.data.byteLength;
    case "nested":
      return OVERHEAD + event.from.length + contentSize(event.event);
    case "usage":
    case "step-start":
    case "step-finish":
    case "finish":
    case "context":
      return OVERHEAD;
    default:
      // Rare, and of any form.
      return stringifyEvent(event).length;
  }
}
