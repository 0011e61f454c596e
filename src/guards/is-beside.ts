import type { ChatEvent } from "../stream/chat-event.js";

/**
 * Whether an event comes from a tool that runs here while the model is speaking: the text before it may be in the middle of
 * a word and goes on after it. Known of streams that say where their model calls begin, as those of tool loops do.
 */
export function isBeside(event: ChatEvent, stepped: boolean): boolean {
  if (!stepped) return false;
  return event.type === "input-request" || (event.type === "tool-result" && event.providerExecuted === undefined);
}
