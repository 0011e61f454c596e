import { lookup } from "../../base/lookup.js";
import type { FinishReason } from "../../stream/chat-event.js";

const REASONS = lookup<FinishReason>({
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  content_filter: "content-filter",
  // Of the first generation of this protocol.
  function_call: "tool-calls",
  // Together's and xAI's words for an answer that is complete.
  eos: "stop",
  end_turn: "stop",
  // Mistral, for the end of the model's context.
  model_length: "length",
});

/** What was said, since some services end an answer with calls or a refusal on `stop`. */
export interface Said {
  toolCalls: boolean;
  refusal: boolean;
}

/** Our reason, and the provider's word where ours says less. */
export function readFinishReason(raw: string | undefined, said: Said): { reason: FinishReason; rawReason?: string } {
  const known = raw === undefined ? undefined : REASONS.get(raw);
  const reason = known === "stop" || raw === undefined ? endOf(said, known) : (known ?? "other");
  return raw === undefined || REASONS.get(raw) === reason ? { reason } : { reason, rawReason: raw };
}

function endOf({ toolCalls, refusal }: Said, known: FinishReason | undefined): FinishReason {
  if (toolCalls) return "tool-calls";
  return refusal ? "refusal" : (known ?? "other");
}

/** The protocol's word for a reason; `stop` where it has none. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case "tool-calls":
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
