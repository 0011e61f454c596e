import type { FinishReason } from "../../stream/chat-event.js";
import { agreedReason } from "../agreed-reason.js";
import { endWord } from "../end-words.js";

/** Our reason, and Ollama's word where ours says less. Calls end on `stop`, and older versions give no reason. */
export function readDoneReason(
  word: string | undefined,
  toolCalls: boolean,
): { reason: FinishReason; rawReason?: string } {
  switch (word) {
    case undefined:
    case "":
    case "stop":
      return { reason: toolCalls ? "tool-calls" : "stop" };
    case "length":
      return { reason: "length" };
    // Nothing was asked: the model was loaded into memory, or taken out of it.
    case "load":
    case "unload":
      return { reason: "stop", rawReason: word };
    default:
      return { reason: agreedReason(endWord(word), { toolCalls }), rawReason: word };
  }
}

/** Ollama's word for a reason. */
export function writeDoneReason(reason: FinishReason, rawReason: string | undefined): string {
  if (rawReason === "load" || rawReason === "unload") return rawReason;
  return reason === "length" || reason === "budget" ? "length" : "stop";
}
