import type { FinishReason } from "../../stream/chat-event.js";
import { isFinishReason } from "../../stream/finish-reasons.js";

/** The words of the AI SDK that its versions 5 to 7 share. */
export function writeReason(reason: FinishReason): string {
  switch (reason) {
    case "stop":
    case "length":
    case "tool-calls":
    case "content-filter":
      return reason;
    case "refusal":
      return "content-filter";
    case "budget":
      return "length";
    case "input-required":
      return "tool-calls";
    case "pause":
    case "other":
      return "other";
    default:
      return reason satisfies never;
  }
}

/** The reason that a word means: one of Sluice's own is the exact one. */
export function readReason(word: unknown): FinishReason | undefined {
  if (isFinishReason(word)) return word;
  return word === undefined ? undefined : "other";
}
