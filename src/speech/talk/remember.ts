import { type ChatMessage, textOf } from "../../stream/message.js";
import type { TurnHeard } from "./spoken-turn.js";

/** What remembers a conversation, as far as speech needs it. */
export interface TruncatableConversation {
  /** The messages so far, oldest first; those of a turn that was left are among them. */
  messages(): Promise<readonly { id: string; message: ChatMessage }[]>;
  /** Keeps only the first `chars` characters of an answer's text: the rest, and what came after it, was not heard. */
  heard(messageId: string, chars: number): Promise<unknown>;
}

/**
 * Stores with a conversation what was heard of its last answer, so that the model does not assume that somebody heard the rest.
 * To be given to `say` as `onHeard`.
 */
export function remember(conversation: TruncatableConversation): (heard: TurnHeard) => Promise<void> {
  return async ({ chars, interrupted }) => {
    if (!interrupted) return;
    const messages = await conversation.messages();
    const question = messages.findLastIndex(({ message }) => message.role === "user");
    let rest = chars;
    for (const { id, message } of messages.slice(question + 1)) {
      if (message.role !== "assistant") continue;
      // A turn with tools has several messages of the assistant; what was heard is counted over all of them.
      const { length } = textOf(message);
      if (rest < length) {
        await conversation.heard(id, rest);
        return;
      }
      rest -= length;
    }
  };
}
