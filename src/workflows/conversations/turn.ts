import type { JsonObject } from "../../base/json.js";
import type { Conversation } from "../../chat/conversation.js";
import type { TurnOptions } from "../../chat/conversation-options.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { textOf } from "../../stream/message.js";

/** Adds instructions to a conversation, unless it has them. */
export async function addedSystem(conversation: Conversation, content: string): Promise<void> {
  const messages = await conversation.messages();
  const known = messages.some(({ message }) => message.role === "system" && textOf(message) === content);
  if (!known) await conversation.addSystemMessage(content);
}

/** Says something; a second attempt asks for another answer to the same message, in place of a second one. */
export async function conversationTurn(
  conversation: Conversation,
  text: string,
  options: TurnOptions,
  attempt: number,
): Promise<ChatStream> {
  if (attempt === 1) return conversation.stream(text, options);
  const messages = await conversation.messages();
  const asked = messages.findLast(({ message }) => message.role === "user");
  const answer = messages.at(-1);
  const unanswered = asked !== undefined && textOf(asked.message) === text && answer?.status === "interrupted";
  return unanswered ? conversation.regenerate(undefined, options) : conversation.stream(text, options);
}

/** What a step tells of a conversation. */
export async function describeConversation(conversation: Conversation, id: string): Promise<JsonObject> {
  const messages = await conversation.messages();
  const first = messages.find(({ message }) => message.role === "user");
  const last = messages.findLast(({ message }) => message.role === "assistant");
  return {
    conversation_id: id,
    total_messages: messages.length,
    first_prompt: first === undefined ? null : textOf(first.message),
    last_response: last === undefined ? null : textOf(last.message),
  };
}
