import type { Warning } from "../../src/stream/chat-event.js";

const OF_THE_END = ["has no result", "left out: an answer without content", "is put after the answer it ends with"];

/** Whether a warning is about what was recorded, and not about calls and answers that a recording ends with. */
export function isOfSubstance({ message }: Warning): boolean {
  return !OF_THE_END.some((words) => message.includes(words));
}
