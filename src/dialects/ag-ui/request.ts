import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../../stream/chat-request.js";
import type { CallTarget, ServedRequest, WireRequest } from "../dialect.js";
import { numberOption } from "../request-option.js";
import { WireObject } from "../wire-object.js";
import { readMessages } from "./read-messages.js";
import { writeMessage } from "./write-message.js";

/** A run's input. Its context and state become instructions to the model; `forwardedProps` may name the model. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  body.check({ threadId: "string", runId: "string", parentRunId: "string" });
  const props = body.object("forwardedProps");
  const tools = body.objects("tools")?.map((tool): ToolDefinition => {
    const description = tool.string("description");
    const inputSchema = tool.object("parameters")?.value ?? { type: "object", properties: {} };
    return { name: tool.requiredString("name"), inputSchema, ...(description !== undefined && { description }) };
  });
  const instructions = instructionsOf(body);
  const messages = readMessages(body);
  const request: ChatRequest = {
    messages: instructions === "" ? messages : [{ role: "system", content: instructions }, ...messages],
    ...(tools !== undefined && tools.length > 0 && { tools }),
    ...defined({ temperature: props && numberOption(props, "temperature", "temperature") }),
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
    threadId: uuid(),
    runId: uuid(),
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
