import type { FinishReason } from "../stream/chat-event.js";

/** What an answer contains, whatever its last word was. */
export interface AnswerContent {
  /** Calls that wait for the caller's results. */
  toolCalls: boolean;
  /** Text that declines to answer. */
  refusal?: boolean;
}

/**
 * The reason that agrees with the output: services end an answer with calls, or with a refusal, on `stop`, and say
 * `tool_calls` without any call. Whoever runs tools goes by the reason.
 *
 * @param word what the provider's word means; `undefined` where it gave none.
 */
export function agreedReason(
  word: FinishReason | undefined,
  { toolCalls, refusal = false }: AnswerContent,
): FinishReason {
  switch (word) {
    case undefined:
      return toolCalls ? "tool-calls" : refusal ? "refusal" : "other";
    case "stop":
      return toolCalls ? "tool-calls" : refusal ? "refusal" : "stop";
    case "tool-calls":
      return toolCalls ? "tool-calls" : refusal ? "refusal" : "stop";
    default:
      return word;
  }
}
