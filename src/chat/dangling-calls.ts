import type { AssistantMessage, ChatMessage } from "../stream/message.js";

/**
 * Messages without the tool calls that have no result: an interrupted turn may have been stopped between the two, and
 * providers refuse a call that nobody answered. A message that has nothing left is left out. Calls of the last message
 * stay: their results are what comes next.
 */
export function withoutDanglingCalls(messages: readonly ChatMessage[]): ChatMessage[] {
  const answered = new Set<string>();
  for (const message of messages) {
    if (typeof message.content === "string") continue;
    for (const part of message.content) if (part.type === "tool-result") answered.add(part.callId);
  }
  const kept = messages.map((message, index) =>
    message.role === "assistant" && index < messages.length - 1 ? answeredOnly(message, answered) : message,
  );
  return kept.filter((message) => message.content.length > 0);
}

function answeredOnly(message: AssistantMessage, answered: ReadonlySet<string>): AssistantMessage {
  if (typeof message.content === "string") return message;
  const content = message.content.filter(
    (part) => part.type !== "tool-call" || part.providerExecuted === true || answered.has(part.callId),
  );
  return content.length === message.content.length ? message : { ...message, content };
}
