import type { ChatMessage, InputRequestPart } from "../../stream/message.js";
import { openRequests } from "../../tools/history.js";

/** What waits for input at the end of a history: requests of tool calls, and those that an answer itself ended with. */
export function pendingRequests(history: readonly ChatMessage[]): InputRequestPart[] {
  const open = openRequests(history);
  if (open.length > 0) return open;
  const last = history.at(-1);
  if (last?.role !== "assistant" || typeof last.content === "string") return [];
  return last.content.flatMap((part) => (part.type === "input-request" && part.callId === undefined ? [part] : []));
}
