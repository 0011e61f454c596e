import type { ChatEvent } from "../stream/chat-event.js";

/**
 * Whether an event comes from a tool that runs here while the model is speaking: the text before it may be in the middle of
 * a word and goes on after it. Known of streams that say where their model calls begin, as those of tool loops do.
 */
export function isBeside(event: ChatEvent, stepped: boolean): boolean {
  if (!stepped) return false;
  switch (event.type) {
    case "input-request":
    case "nested":
      return true;
    case "tool-result":
      return event.providerExecuted === undefined;
    case "data":
      return event.name === "tool/suspended";
    default:
      return false;
  }
}
