import type { RetractEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";

/**
 * The error that ends a retracted answer in a protocol whose clients cannot take back what they have seen. While they have
 * seen nothing, no error is needed: the answer simply starts over.
 */
export function retractedError({ reason }: RetractEvent): SluiceError {
  return new SluiceError("retracted", `what was emitted is void: ${reason}`);
}
