import type { ChatRequest, ToolDefinition } from "../stream/chat-request.js";
import type { ChatMessage } from "../stream/message.js";

/**
 * What one model call of a loop is asked: the request with the history as it is now, and with the loop's tools beside the
 * caller's.
 */
export function stepRequest(
  { tools: callersTools = [], toolChoice, ...request }: ChatRequest,
  messages: readonly ChatMessage[],
  definitions: readonly ToolDefinition[],
): ChatRequest {
  const tools = [...callersTools, ...definitions];
  const forced = toolChoice === "required" || typeof toolChoice === "object";
  // A choice that is forced is made once: the answer to a tool's result would be another call, and so for ever.
  const choice = forced && messages.at(-1)?.role === "tool" ? "auto" : toolChoice;
  return {
    ...request,
    messages: [...messages],
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && { toolChoice: choice }),
  };
}
