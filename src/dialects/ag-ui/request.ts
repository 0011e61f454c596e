import { encodeBase64 } from "../../base/base64.js";
import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import type { CallTarget, ServedRequest, WireRequest } from "../dialect.js";
import { WireObject } from "../wire-object.js";
import { readMessages } from "./read-messages.js";

/** A run's input. Its context and state are told to the model as instructions; `forwardedProps` may name the model. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  const props = body.object("forwardedProps");
  const tools = body.objects("tools")?.map((tool): ToolDefinition => {
    const description = tool.string("description");
    const inputSchema = tool.object("parameters")?.value ?? { type: "object", properties: {} };
    return { name: tool.requiredString("name"), inputSchema, ...(description !== undefined && { description }) };
  });
  const told = instructionsOf(body);
  const messages = readMessages(body);
  const request: ChatRequest = {
    messages: told === "" ? messages : [{ role: "system", content: told }, ...messages],
    ...(tools !== undefined && tools.length > 0 && { tools }),
    ...defined({ temperature: props?.number("temperature") }),
  };
  return { model: props?.string("model") ?? "", stream: true, request };
}

function instructionsOf(body: WireObject): string {
  const context = (body.objects("context") ?? []).map(
    (one) => `${one.string("description") ?? ""}: ${one.string("value") ?? ""}`,
  );
  const state = body.any("state");
  const hasState = isJsonObject(state) ? Object.keys(state).length > 0 : state !== undefined;
  return [...context, ...(hasState ? [`State: ${JSON.stringify(state)}`] : [])].join("\n");
}

/** The input of a run that is asked of another server. */
export function writeRequest(request: ChatRequest, { model }: CallTarget): WireRequest {
  const { messages, tools = [], temperature } = request;
  const own = tools.filter((tool): tool is ToolDefinition => !isProviderTool(tool));
  const body: JsonObject = {
    threadId: crypto.randomUUID(),
    runId: crypto.randomUUID(),
    state: {},
    messages: messages.flatMap(writeMessage),
    tools: own.map(({ name, description = "", inputSchema }) => ({ name, description, parameters: inputSchema })),
    context: [],
    forwardedProps: { model, ...defined({ temperature }) },
  };
  const warnings = Object.keys(request)
    .filter((field) => !["messages", "tools", "temperature"].includes(field))
    .map((field) => ({ field, message: "not sent: an input of AG-UI has no such field" }));
  return { path: "/ag-ui", body, warnings };
}

function writeMessage(message: ChatMessage, index: number): JsonObject[] {
  const id = `message-${index}`;
  switch (message.role) {
    case "system":
      return [
        {
          id,
          role: "system",
          content:
            typeof message.content === "string" ? message.content : message.content.map(({ text }) => text).join(""),
        },
      ];
    case "user":
      return [
        {
          id,
          role: "user",
          content: typeof message.content === "string" ? message.content : message.content.map(writeUserPart),
        },
      ];
    case "assistant":
      return writeAssistant(
        id,
        typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content,
      );
    case "tool":
      return message.content.flatMap((part, at) => {
        if (part.type !== "tool-result") return [];
        const content = typeof part.output === "string" ? part.output : JSON.stringify(part.output);
        return [
          {
            id: `${id}-${at}`,
            role: "tool",
            toolCallId: part.callId,
            content,
            ...(part.isError && { error: content }),
          },
        ];
      });
    default:
      return message satisfies never;
  }
}

function writeUserPart(part: TextPart | FilePart): JsonObject {
  if (part.type === "text") return { type: "text", text: part.text };
  const { mediaType, data } = part;
  const [kind = ""] = mediaType.split("/", 1);
  const type = ["image", "audio", "video"].includes(kind) ? kind : "document";
  const source: JsonObject =
    data instanceof Uint8Array
      ? { type: "data", value: encodeBase64(data), mimeType: mediaType }
      : "url" in data
        ? { type: "url", value: data.url, mimeType: mediaType }
        : { type: "file", value: data.id, mimeType: mediaType };
  return { type, source };
}

function writeAssistant(id: string, parts: readonly AssistantPart[]): JsonObject[] {
  const messages: JsonObject[] = [];
  const toolCalls: JsonObject[] = [];
  let text = "";
  for (const [at, part] of parts.entries()) {
    if (part.type === "text") text += part.text;
    if (part.type === "reasoning") {
      const sealed = part.opaque === undefined ? {} : { encryptedValue: JSON.stringify(part.opaque) };
      messages.push({ id: `${id}-${at}`, role: "reasoning", content: part.text, ...sealed });
    }
    if (part.type === "tool-call" && part.providerExecuted === undefined) {
      const sealed = part.opaque === undefined ? {} : { encryptedValue: JSON.stringify(part.opaque) };
      const called = { name: part.name, arguments: JSON.stringify(part.input) };
      toolCalls.push({ id: part.callId, type: "function", function: called, ...sealed });
    }
  }
  if (text !== "" || toolCalls.length > 0) {
    messages.push({ id, role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) });
  }
  return messages;
}
