import { type AssistantMessage, type ChatMessage, isRequest, isRequestsOnly, resultsOf } from "../stream/message.js";

/**
 * Messages without the tool calls that have no result: an interrupted turn may have been stopped between the two, and
 * providers refuse a call that nobody answered. A message that has nothing left is left out. Calls of an answer that nothing
 * but results and decisions follow stay: those that are open yet are answered next.
 *
 * Results are looked for before the next answer only: some providers give the calls of each answer the same ids.
 */
export function withoutDanglingCalls(messages: readonly ChatMessage[]): ChatMessage[] {
  const answered = new Set<string>();
  const kept: ChatMessage[] = [];
  let atEnd = true;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message === undefined) continue;
    // It belongs to the answer before it.
    if (isRequestsOnly(message)) {
      if (atEnd) kept.push(message);
      continue;
    }
    if (message.role === "tool") for (const { callId } of resultsOf(message)) answered.add(callId);
    const isAnswer = message.role === "assistant";
    const now = isAnswer && !atEnd ? answeredOnly(message, answered) : message;
    if (isAnswer) answered.clear();
    if (message.role !== "tool") atEnd = false;
    if (now.content.length > 0) kept.push(now);
  }
  return kept.reverse();
}

/** @param answered calls that a message after this one has the result of. */
function answeredOnly(message: AssistantMessage, answered: ReadonlySet<string>): AssistantMessage {
  if (typeof message.content === "string") return message;
  const own = new Set(message.content.flatMap((part) => (part.type === "tool-result" ? [part.callId] : [])));
  const content = message.content.filter(
    (part) =>
      !isRequest(part) &&
      (part.type !== "tool-call" ||
        part.providerExecuted === true ||
        answered.has(part.callId) ||
        own.has(part.callId)),
  );
  return content.length === message.content.length ? message : { ...message, content };
}
