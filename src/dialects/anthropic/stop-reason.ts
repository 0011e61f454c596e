import { lookup } from "../../base/lookup.js";
import type { FinishReason } from "../../stream/chat-event.js";
import { agreedReason } from "../agreed-reason.js";

/** The first word of each reason is the plain one; the others say more and are kept as `rawReason`. */
const REASONS = lookup<FinishReason>({
  end_turn: "stop",
  max_tokens: "length",
  tool_use: "tool-calls",
  pause_turn: "pause",
  refusal: "refusal",
  stop_sequence: "stop",
  model_context_window_exceeded: "length",
  // The request asked to stop after the context was compacted; sending it back goes on.
  compaction: "pause",
});

/** Our reason, and the provider's word where ours says less. */
export function readStopReason(
  word: string | undefined,
  toolCalls: boolean,
): { reason: FinishReason; rawReason?: string } {
  const reason = agreedReason(word === undefined ? undefined : (REASONS.get(word) ?? "other"), { toolCalls });
  if (word === undefined) return { reason };
  return writeStopReason(reason) === word ? { reason } : { reason, rawReason: word };
}

/** Anthropic's word for a reason: `rawReason` where it is one of its words for it. */
export function writeStopReason(reason: FinishReason, rawReason?: string): string {
  if (rawReason !== undefined && REASONS.get(rawReason) === reason) return rawReason;
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
