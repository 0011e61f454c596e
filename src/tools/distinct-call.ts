import type { ToolCallEvent } from "../stream/chat-event.js";
import type { StepCalls } from "./step-calls.js";

/**
 * A call whose id no other call of the answer has: one that is repeated is dropped, and of two different calls with one id
 * the second gets its own, since a result must say which call it answers.
 */
export function distinctCall(event: ToolCallEvent, calls: StepCalls): ToolCallEvent | undefined {
  let known = calls.get(event.callId);
  if (known === undefined) return event;
  const isRepeated = known.name === event.name && JSON.stringify(known.input) === JSON.stringify(event.input);
  if (isRepeated) return undefined;
  let callId = event.callId;
  for (let count = 2; known !== undefined; count++) {
    callId = `${event.callId}_${count}`;
    known = calls.get(callId);
  }
  return { ...event, callId };
}
