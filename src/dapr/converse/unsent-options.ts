import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";

/** Warns of options of a request that the protocol has no field for, and of a temperature that Dapr takes for none. */
export function warnOfUnsent(
  request: ChatRequest,
  unsent: readonly (keyof ChatRequest)[],
  protocol: string,
  warnings: Warning[],
): void {
  for (const field of unsent) {
    if (request[field] !== undefined) warnings.push({ field, message: `not sent: ${protocol} has no such option` });
  }
  if (request.temperature === 0) {
    warnings.push({
      field: "temperature",
      message: "no effect: Dapr takes a temperature of 0 for one that is not set",
    });
  }
}
