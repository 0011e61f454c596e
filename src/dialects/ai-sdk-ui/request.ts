import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { ChatRequest, ToolDefinition } from "../../stream/chat-request.js";
import { isProviderTool } from "../../stream/chat-request.js";
import type { CallTarget, ServedRequest, WireRequest } from "../dialect.js";
import { numberOption } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";
import { readMessages } from "./read-messages.js";
import { writeMessages } from "./write-messages.js";

/** What a chat of the AI SDK is asked at, where nobody says otherwise. */
const PATH = "/api/chat";

/**
 * A client's request: `useChat` sends its messages, and whatever its transport's `body` adds. Of that, `model`, `system`,
 * `tools`, `temperature`, `maxOutputTokens` and `toolChoice` are understood. Without `model` the server's first is asked.
 */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  body.check({ id: "string", trigger: "string", messageId: "string" });
  const system = body.string("system");
  const options = {
    tools: readTools(body),
    toolChoice: body.oneOf<"auto" | "none" | "required">("toolChoice", ["auto", "none", "required"]),
    temperature: numberOption(body, "temperature", "temperature"),
    maxTokens: numberOption(body, "maxOutputTokens", "maxTokens"),
  };
  const messages = readMessages(body);
  const request: ChatRequest = {
    messages: system === undefined ? messages : [{ role: "system", content: system }, ...messages],
    ...defined(options),
  };
  return { model: body.string("model") ?? "", stream: true, request };
}

/** Tools that the page runs, by their names. */
function readTools(body: WireObject): ToolDefinition[] | undefined {
  const tools = body.object("tools");
  if (tools === undefined) return undefined;
  return Object.keys(tools.value).map((name) => {
    const tool = tools.requiredObject(name);
    const description = tool.string("description");
    const schema = tool.any("inputSchema") ?? tool.any("parameters");
    if (!isJsonObject(schema)) throw badRequest(tool.field("inputSchema"), schema, "a JSON Schema");
    return { name, inputSchema: schema, ...(description !== undefined && { description }) };
  });
}

/** The request of a client that keeps its history here. */
export function writeRequest(request: ChatRequest, { model }: CallTarget): WireRequest {
  const { messages, tools = [], temperature, maxTokens, toolChoice } = request;
  const own = tools.filter((tool): tool is ToolDefinition => !isProviderTool(tool));
  const options = defined({
    temperature,
    maxOutputTokens: maxTokens,
    toolChoice: typeof toolChoice === "string" ? toolChoice : undefined,
  });
  const named = own.map(({ name, description, inputSchema }) => [name, { ...defined({ description }), inputSchema }]);
  const body: JsonObject = {
    id: uuid(),
    trigger: "submit-message",
    model,
    messages: writeMessages(messages),
    ...(named.length > 0 && { tools: Object.fromEntries(named) }),
    ...options,
  };
  const sent = ["messages", "tools", "temperature", "maxTokens"];
  const warnings = Object.keys(request)
    .filter((field) => !sent.includes(field) && !(field === "toolChoice" && typeof toolChoice === "string"))
    .map((field) => ({ field, message: "not sent: a UI message request has no such field" }));
  return { path: PATH, body, warnings };
}
