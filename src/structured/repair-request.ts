import type { ChatRequest } from "../stream/chat-request.js";
import type { SluiceError } from "../stream/error.js";
import type { AssistantMessage, ChatMessage, ToolResultPart } from "../stream/message.js";

/**
 * The request that asks once more: the answer as it was, and what is wrong with it. Calls of tools get the reason as
 * their result, since providers want one for each.
 */
export function repairRequest(request: ChatRequest, answer: readonly ChatMessage[], error: SluiceError): ChatRequest {
  const why = `This is not a valid answer: ${error.message}. Answer again, with the whole value, corrected.`;
  const answered = answer.filter(({ content }) => content.length > 0);
  const results = answered.flatMap((message) => (message.role === "assistant" ? resultsOf(message, why) : []));
  const complaint: ChatMessage =
    results.length > 0 ? { role: "tool", content: results } : { role: "user", content: why };
  return { ...request, messages: [...request.messages, ...answered, complaint] };
}

function resultsOf({ content }: AssistantMessage, output: string): ToolResultPart[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) =>
    part.type === "tool-call" && part.providerExecuted === undefined
      ? [{ type: "tool-result" as const, callId: part.callId, name: part.name, output, isError: true as const }]
      : [],
  );
}
