import type { NestedEvent } from "./chat-event.js";

/** Tells the inner streams of one stream apart: events of the same key are events of the same inner stream. */
export function nestedKey({ from, callId = "", attempt = 1 }: NestedEvent): string {
  return `${attempt} ${callId.length} ${callId}${from}`;
}
