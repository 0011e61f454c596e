import type { RetractEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";

/** What ends an answer in a protocol whose clients cannot take back what they have seen, where they have seen something. */
export function retractedError({ reason }: RetractEvent): SluiceError {
  return new SluiceError("retracted", `what was emitted is void: ${reason}`);
}
