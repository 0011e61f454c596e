import type { Warning } from "../../src/stream/chat-event.js";

/** Whether a warning is about what was recorded, and not about calls and answers that a recording ends with. */
export function isOfSubstance({ message }: Warning): boolean {
  return !message.includes("has no result") && message !== "left out: an answer without content";
}
