import type { ToolCallEvent } from "../stream/chat-event.js";
import { isSameCall } from "../stream/same-call.js";
import type { StepCalls } from "./step-calls.js";

/**
 * A call whose id no other call of the answer has: one that is repeated is dropped, and of two different calls with one id
 * the second gets its own, since a result must say which call it answers.
 */
export function distinctCall(event: ToolCallEvent, calls: StepCalls): ToolCallEvent | undefined {
  let known = calls.get(event.callId);
  if (known === undefined) return event;
  if (isSameCall(known, event)) return undefined;
  let callId = event.callId;
  for (let count = 2; known !== undefined; count++) {
    callId = `${event.callId}_${count}`;
    known = calls.get(callId);
  }
  return { ...event, callId };
}
