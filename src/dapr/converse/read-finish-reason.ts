import type { FinishReason } from "../../stream/chat-event.js";
import { finishReasonName } from "./converse-answer.js";

/** daprd passes each provider's own word on; these are the words of those that it has components for. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  tool_calls: "tool-calls",
  tool_use: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  safety: "content-filter",
  refusal: "refusal",
  pause: "pause",
  pause_turn: "pause",
  budget: "budget",
};

/**
 * Why the model stopped, and its word where ours says less.
 *
 * @param word "" where the protocol has none.
 * @param hasCalls whether the answer has tool calls: some providers end such an answer with any word.
 */
export function readFinishReason(word: string, hasCalls: boolean): { reason: FinishReason; rawReason?: string } {
  const known = word === "" ? "stop" : (REASONS[word.toLowerCase()] ?? "other");
  const reason = hasCalls && (known === "stop" || known === "other") ? "tool-calls" : known;
  return word === "" || word === finishReasonName(reason) ? { reason } : { reason, rawReason: word };
}
