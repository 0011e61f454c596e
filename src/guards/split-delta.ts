import type { ChatEvent, ReasoningDeltaEvent, TextDeltaEvent } from "../stream/chat-event.js";
import { withoutOpaque } from "./text-parts.js";

/** Whether an event is a piece of text or of reasoning. */
export function isDelta(event: ChatEvent): event is TextDeltaEvent | ReasoningDeltaEvent {
  return event.type === "text-delta" || event.type === "reasoning-delta";
}

/** A delta in two, behind so many characters; another event is all in the second. */
export function splitDelta(event: ChatEvent, at: number): [ChatEvent | undefined, ChatEvent] {
  if (at === 0) return [undefined, event];
  if (isDelta(event)) {
    return [
      { ...withoutOpaque(event), text: event.text.slice(0, at) },
      { ...event, text: event.text.slice(at) },
    ];
  }
  if (event.type !== "tool-input-delta") return [undefined, event];
  return [
    { ...event, delta: event.delta.slice(0, at) },
    { ...event, delta: event.delta.slice(at) },
  ];
}
