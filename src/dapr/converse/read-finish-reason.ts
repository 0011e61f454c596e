import { endWord } from "../../dialects/end-words.js";
import type { FinishReason } from "../../stream/chat-event.js";
import { finishReasonName } from "./converse-answer.js";

/**
 * Why the model stopped, and its word where ours says less. daprd passes each provider's own word on.
 *
 * @param word "" where the protocol has none.
 * @param hasCalls whether the answer has tool calls: some providers end such an answer with any word.
 */
export function readFinishReason(word: string, hasCalls: boolean): { reason: FinishReason; rawReason?: string } {
  const known = word === "" ? "stop" : (endWord(word) ?? "other");
  const reason = hasCalls && (known === "stop" || known === "other") ? "tool-calls" : known;
  return word === "" || word === finishReasonName(reason) ? { reason } : { reason, rawReason: word };
}
