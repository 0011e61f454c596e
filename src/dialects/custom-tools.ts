import { type ChatRequest, isProviderTool } from "../stream/chat-request.js";

/** Names of OpenAI's custom tools in a request: they take plain text instead of JSON. */
export function customToolNames({ tools = [] }: Pick<ChatRequest, "tools">): ReadonlySet<string | undefined> {
  return new Set(tools.flatMap((tool) => (isProviderTool(tool) && tool.type === "custom" ? [tool.name] : [])));
}
