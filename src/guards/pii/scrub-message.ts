import type { ChatMessage } from "../../stream/message.js";
import { filterRequest } from "../filter-request.js";
import { scrub } from "./scrub.js";
import { type ScrubOptions, scrubRules } from "./scrub-rules.js";

/**
 * Makes a function that replaces the personal data of messages with placeholders, for what keeps messages: `keep` of a
 * conversation. Reasoning whose text was changed loses its provider's signature.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function scrubMessage(options: ScrubOptions = {}): (message: ChatMessage) => ChatMessage {
  const rules = scrubRules(options);
  const filter = {
    text: (text: string, _: ChatMessage["role"], key?: string) => scrub(text, rules, { key }),
    keepsOpaque: () => false,
    droppedOpaque: () => {},
  };
  return (message) => filterRequest({ messages: [message] }, filter).messages[0] ?? message;
}
