import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ConverseTarget } from "./converse-options.js";

/** Warns of options of a request that the protocol has no field for, and of a temperature that daprd takes for none. */
export function warnOfUnsent(
  request: ChatRequest,
  { zeroIsUnset = false }: ConverseTarget,
  unsent: readonly (keyof ChatRequest)[],
  protocol: string,
  warnings: Warning[],
): void {
  for (const field of unsent) {
    if (request[field] !== undefined) warnings.push({ field, message: `not sent: ${protocol} has no such option` });
  }
  if (request.temperature === 0 && zeroIsUnset) {
    const message = "no effect: daprd takes a temperature of 0 for one that is not set";
    warnings.push({ field: "temperature", message });
  }
}
