import { estimateTokens } from "../../base/token-estimate.js";
import { type ChatRequest, isProviderTool } from "../../stream/chat-request.js";
import type { ChatMessage } from "../../stream/message.js";

/** How many tokens a prompt has, estimated: of texts, tool calls, tool results and tool definitions. Files count nothing. */
export function estimateRequestTokens({ messages, tools = [] }: ChatRequest): number {
  let tokens = 0;
  for (const message of messages) tokens += estimateMessage(message);
  for (const tool of tools) {
    tokens += estimateTokens(JSON.stringify(isProviderTool(tool) ? (tool.args ?? {}) : tool));
  }
  return tokens;
}

function estimateMessage({ content }: ChatMessage): number {
  if (typeof content === "string") return estimateTokens(content);
  let tokens = 0;
  for (const part of content) {
    if (part.type === "text" || part.type === "reasoning") tokens += estimateTokens(part.text);
    else if (part.type === "tool-call") tokens += estimateTokens(JSON.stringify(part.input));
    else if (part.type === "tool-result") tokens += estimateTokens(JSON.stringify(part.output));
  }
  return tokens;
}
