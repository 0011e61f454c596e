import type { NestedEvent } from "./chat-event.js";

/** Whether two events are of the same inner stream: the same as equal keys, without making them. */
export function isSameInner(one: NestedEvent, other: NestedEvent): boolean {
  return one.from === other.from && one.callId === other.callId && one.attempt === other.attempt;
}

/** Tells the inner streams of one stream apart: events of the same key are events of the same inner stream. */
export function nestedKey({ from, callId = "", attempt = 1 }: NestedEvent): string {
  return `${attempt} ${callId.length} ${callId}${from}`;
}
