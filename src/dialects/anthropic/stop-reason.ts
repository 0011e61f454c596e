import type { FinishReason } from "../../stream/chat-event.js";
import { agreedReason } from "../agreed-reason.js";
import { endWord } from "../end-words.js";

/** The words of Anthropic's own. Those that `writeStopReason` says are the plain ones; the others are kept as `rawReason`. */
const WORDS =
  "end_turn max_tokens tool_use pause_turn refusal stop_sequence model_context_window_exceeded compaction".split(" ");

/** Our reason, and the provider's word where ours says less. */
export function readStopReason(
  word: string | undefined,
  toolCalls: boolean,
): { reason: FinishReason; rawReason?: string } {
  const reason = agreedReason(word === undefined ? undefined : endWord(word), { toolCalls });
  if (word === undefined) return { reason };
  return writeStopReason(reason) === word ? { reason } : { reason, rawReason: word };
}

/** Anthropic's word for a reason: `rawReason` where it is one of its words for it. */
export function writeStopReason(reason: FinishReason, rawReason?: string): string {
  if (rawReason !== undefined && WORDS.includes(rawReason) && endWord(rawReason) === reason) return rawReason;
  switch (reason) {
    case "length":
    case "budget":
      return "max_tokens";
    case "tool-calls":
    case "input-required":
      return "tool_use";
    case "pause":
      return "pause_turn";
    case "refusal":
    case "content-filter":
      return "refusal";
    case "stop":
    case "other":
      return "end_turn";
    default:
      return reason satisfies never;
  }
}
