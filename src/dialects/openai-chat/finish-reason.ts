import { lookup } from "../../base/lookup.js";
import type { FinishReason } from "../../stream/chat-event.js";
import { type AnswerContent, agreedReason } from "../agreed-reason.js";

const REASONS = lookup<FinishReason>({
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  content_filter: "content-filter",
  // Of the first generation of this protocol.
  function_call: "tool-calls",
  // Anthropic's words, from services that stand before it.
  tool_use: "tool-calls",
  end_turn: "stop",
  max_tokens: "length",
  refusal: "refusal",
  stop_sequence: "stop",
  pause_turn: "pause",
  // Google's.
  safety: "content-filter",
  recitation: "content-filter",
  prohibited_content: "content-filter",
  // Together's, TGI's and Cohere's words for an answer that is complete.
  eos: "stop",
  eos_token: "stop",
  complete: "stop",
  completed: "stop",
  // Mistral, for the end of the model's context; others for their limits.
  model_length: "length",
  max_length: "length",
  max_output_tokens: "length",
  error_limit: "length",
  // Zhipu's filter.
  sensitive: "content-filter",
  moderation: "content-filter",
});

/** Words for an answer that broke off, with what they mean: the answer is not complete. */
const BROKEN_OFF = lookup<string>({
  error: "the answer broke off with an error",
  // DeepSeek.
  insufficient_system_resource: "insufficient_system_resource: the service ran out of resources for the answer",
  // Zhipu.
  network_error: "network_error: the service lost its model",
  // vLLM and SGLang.
  abort: "abort: the server gave the answer up",
});

/** What a word says of an answer that broke off; `undefined` for an end. */
export function brokenOff(word: string): string | undefined {
  return BROKEN_OFF.get(word.toLowerCase());
}

/** Our reason, and the provider's word where ours says less. */
export function readFinishReason(
  raw: string | undefined,
  content: AnswerContent,
): { reason: FinishReason; rawReason?: string } {
  const known = raw === undefined ? undefined : REASONS.get(raw.toLowerCase());
  const reason = agreedReason(known ?? (raw === undefined ? undefined : "other"), content);
  return raw === undefined || (REASONS.get(raw) === reason && writeFinishReason(reason) === raw)
    ? { reason }
    : { reason, rawReason: raw };
}

/** The protocol's word for a reason; `stop` where it has none. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case "tool-calls":
    case "input-required":
      return "tool_calls";
    case "content-filter":
      return "content_filter";
    case "length":
    case "budget":
      return "length";
    case "stop":
    case "refusal":
    case "pause":
    case "other":
      return "stop";
    default:
      return reason satisfies never;
  }
}
