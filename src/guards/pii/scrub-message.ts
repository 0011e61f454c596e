import type { ChatMessage } from "../../stream/message.js";
import { isSuspendedCall, suspendedCallOf, suspendedPart } from "../../stream/suspended-call.js";
import { filterRequest } from "../filter-request.js";
import { scrub } from "./scrub.js";
import type { ScrubOptions } from "./scrub-options.js";
import { scrubRules } from "./scrub-rules.js";

/**
 * Makes a function that replaces the personal data of messages with placeholders, for what keeps messages: `keep` of a
 * conversation. Reasoning whose text was changed loses its provider's signature.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Conversation } from "sluice";
 * import { scrubMessage } from "sluice/guards";
 *
 * const conversation = new Conversation({ model: "openai/gpt-5-mini", keep: scrubMessage() });
 * ```
 */
export function scrubMessage(options: ScrubOptions = {}): (message: ChatMessage) => ChatMessage {
  const rules = scrubRules(options);
  const filter = {
    text: (text: string, _: ChatMessage["role"], key?: string) => scrub(text, rules, { key }),
    keepsOpaque: () => false,
    droppedOpaque: () => {},
  };
  const scrubbed = (message: ChatMessage): ChatMessage =>
    filterRequest({ messages: [withSuspended(message, scrubbed)] }, filter).messages[0] ?? message;
  return scrubbed;
}

/** What a tool call that waits has emitted inside is kept with the message, and is scrubbed like it. */
function withSuspended(message: ChatMessage, scrubbed: (message: ChatMessage) => ChatMessage): ChatMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  if (!message.content.some(isSuspendedCall)) return message;
  const content = message.content.map((part) => {
    if (!isSuspendedCall(part)) return part;
    const suspended = suspendedCallOf(part);
    return suspendedPart({ ...suspended, messages: suspended.messages.map(scrubbed) });
  });
  return { ...message, content };
}
