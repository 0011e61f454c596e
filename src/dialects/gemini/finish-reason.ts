import type { JsonValue } from "../../base/json.js";
import type { FinishReason } from "../../stream/chat-event.js";
import { agreedReason } from "../agreed-reason.js";
import { endWord, endWordIn } from "../end-words.js";

/**
 * Gemini's words: `FinishReason` and `BlockedReason` of https://ai.google.dev/api/generate-content. Those that
 * `writeFinishReason` says are the plain ones; the others say more and are kept as `rawReason`.
 */
const WORDS = (
  "STOP MAX_TOKENS SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII MODEL_ARMOR JAILBREAK IMAGE_SAFETY " +
  "IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION CONTINUATION OTHER LANGUAGE NO_IMAGE IMAGE_OTHER MALFORMED_FUNCTION_CALL " +
  "MALFORMED_RESPONSE UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE FINISH_REASON_UNSPECIFIED"
).split(" ");

/** The words that all of Google's services number alike, by their numbers: some gateways pass these on. */
const NUMBERED = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"];

/** The word in a field of the reason; `undefined` while there is no reason yet. */
export function finishWordIn(value: JsonValue | undefined): string | undefined {
  const word = typeof value === "number" ? (NUMBERED[value] ?? String(value)) : endWordIn(value);
  return value === 0 ? undefined : word;
}

/** Our reason, and Gemini's word where ours says less. Gemini says `STOP` after calls as well. */
export function readFinishReason(word: string, toolCalls: boolean): { reason: FinishReason; rawReason?: string } {
  const reason = agreedReason(endWord(word), { toolCalls });
  return writeFinishReason(reason) === word ? { reason } : { reason, rawReason: word };
}

/** Why a prompt was refused: no word for it means anything but that a filter did. */
export function readBlockReason(word: string): { reason: FinishReason; rawReason: string } {
  return { reason: "content-filter", rawReason: word };
}

/** Gemini's word for a reason: `rawReason` where it is one of its words for it. */
export function writeFinishReason(reason: FinishReason, rawReason?: string): string {
  if (rawReason !== undefined && WORDS.includes(rawReason) && endWord(rawReason) === reason) return rawReason;
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
