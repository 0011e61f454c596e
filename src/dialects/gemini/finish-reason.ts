import { lookup } from "../../base/lookup.js";
import type { FinishReason } from "../../stream/chat-event.js";

/**
 * What Gemini's words mean: `FinishReason` and `BlockedReason` of https://ai.google.dev/api/generate-content. The words
 * that `writeFinishReason` says are the plain ones; the others say more and are kept as `rawReason`.
 */
const REASONS = lookup<FinishReason>({
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  MODEL_ARMOR: "content-filter",
  JAILBREAK: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
  // Sending the conversation back with the token that came beside it goes on.
  CONTINUATION: "pause",
  OTHER: "other",
  LANGUAGE: "other",
  NO_IMAGE: "other",
  IMAGE_OTHER: "other",
  MALFORMED_FUNCTION_CALL: "other",
  MALFORMED_RESPONSE: "other",
  UNEXPECTED_TOOL_CALL: "other",
  TOO_MANY_TOOL_CALLS: "other",
  MISSING_THOUGHT_SIGNATURE: "other",
  FINISH_REASON_UNSPECIFIED: "other",
});

/** Our reason, and Gemini's word where ours says less. Gemini says `STOP` after calls as well. */
export function readFinishReason(word: string, toolCalls: boolean): { reason: FinishReason; rawReason?: string } {
  const known = REASONS.get(word) ?? "other";
  const reason = known === "stop" && toolCalls ? "tool-calls" : known;
  return writeFinishReason(reason) === word ? { reason } : { reason, rawReason: word };
}

/** Why a prompt was refused: no word for it means anything but that a filter did. */
export function readBlockReason(word: string): { reason: FinishReason; rawReason: string } {
  return { reason: "content-filter", rawReason: word };
}

/** Gemini's word for a reason: `rawReason` where it is one of its words for it. */
export function writeFinishReason(reason: FinishReason, rawReason?: string): string {
  if (rawReason !== undefined && REASONS.get(rawReason) === reason) return rawReason;
  switch (reason) {
    case "stop":
    case "tool-calls":
    case "input-required":
      return "STOP";
    case "length":
    case "budget":
      return "MAX_TOKENS";
    case "content-filter":
    case "refusal":
      return "SAFETY";
    case "pause":
      return "CONTINUATION";
    case "other":
      return "OTHER";
    default:
      return reason satisfies never;
  }
}
