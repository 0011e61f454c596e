import { uuid } from "../../base/uuid.js";

/** Gemini may leave the id of a call out. Ours for such a call begin with this, so that they are not sent to it. */
const PREFIX = "gemini-call-";

/** An id for a call of an answer that has none. */
export function newCallId(): string {
  return PREFIX + uuid();
}

/** An id for a call of a history that has none: the same each time the history is read. */
export function numberedCallId(number: number): string {
  return PREFIX + number;
}

/** The `id` of a call or of its result as Gemini knows it; nothing where it gave none. */
export function idField(callId: string): { id?: string } {
  return callId.startsWith(PREFIX) ? {} : { id: callId };
}
