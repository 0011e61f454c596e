import type { ConversationOptions } from "../chat/conversation-options.js";
import type { Guard } from "../guards/guard.js";
import { pii } from "../guards/pii/pii.js";
import { scrubMessage } from "../guards/pii/scrub-message.js";

/** What `--scrub` adds: personal data is replaced before the model sees it, in answers, and in what is kept. */
export function scrubbing(): { guards: readonly Guard[] } & Required<Pick<ConversationOptions, "keep">> {
  return { guards: [pii()], keep: scrubMessage() };
}
