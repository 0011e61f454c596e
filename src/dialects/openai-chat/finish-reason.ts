import type { FinishReason } from "../../stream/chat-event.js";
import { type AnswerContent, agreedReason } from "../agreed-reason.js";
import { endWord } from "../end-words.js";

/** Our reason, and the provider's word where ours says less. */
export function readFinishReason(
  raw: string | undefined,
  content: AnswerContent,
): { reason: FinishReason; rawReason?: string } {
  const reason = agreedReason(raw === undefined ? undefined : endWord(raw), content);
  return raw === undefined || (endWord(raw) === reason && writeFinishReason(reason) === raw)
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
