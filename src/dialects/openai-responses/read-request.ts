import type { ChatRequest, ProviderTool, ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import { defined } from "../../stream/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";
import type { ServedRequest } from "../dialect.js";
import { readEffort } from "../openai-effort.js";
import { badRequest, WireObject } from "../wire-object.js";
import { RESPONSES } from "./opaque.js";
import { readInput } from "./read-input.js";

/** A client's request for a response. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  for (const field of ["previous_response_id", "conversation"]) {
    if (body.has(field)) throw badRequest(field, body.any(field), "nothing: send the whole conversation as input");
  }
  if (body.boolean("background")) throw badRequest("background", true, "false");
  const options = {
    tools: readTools(body),
    toolChoice: readToolChoice(body),
    parallelToolCalls: body.boolean("parallel_tool_calls"),
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    maxTokens: body.number("max_output_tokens"),
    reasoning: readReasoning(body),
    responseFormat: readFormat(body),
    user: body.string("safety_identifier") ?? body.string("user"),
    metadata: body.strings("metadata"),
    providerOptions: readOwnOptions(body),
  };
  const request: ChatRequest = { messages: readInput(body), ...defined(options) };
  return { model: body.requiredString("model"), stream: body.boolean("stream") ?? false, request };
}

function readTools(body: WireObject): ChatRequest["tools"] {
  return body
    .objects("tools")
    ?.map((tool) => (tool.requiredString("type") === "function" ? readFunction(tool) : readOwn(tool)));
}

function readFunction(tool: WireObject): ToolDefinition {
  const description = tool.string("description");
  return {
    name: tool.requiredString("name"),
    inputSchema: tool.object("parameters")?.value ?? { type: "object", properties: {} },
    ...(description !== undefined && { description }),
    ...(tool.boolean("strict") && { strict: true }),
  };
}

/** A tool that only providers of this protocol know. */
function readOwn(tool: WireObject): ProviderTool {
  const { type: _, name: __, ...args } = tool.value;
  const name = tool.string("name");
  return {
    dialect: RESPONSES,
    type: tool.requiredString("type"),
    ...(name !== undefined && { name }),
    ...(Object.keys(args).length > 0 && { args }),
  };
}

/** A choice among tools that only this protocol has is one of its own options. */
function readToolChoice(body: WireObject): ToolChoice | undefined {
  const choice = body.any("tool_choice");
  if (isJsonObject(choice)) {
    return choice.type === "function" ? { name: body.requiredObject("tool_choice").requiredString("name") } : undefined;
  }
  return body.oneOf<"auto" | "none" | "required">("tool_choice", ["auto", "none", "required"]);
}

function readReasoning(body: WireObject): ChatRequest["reasoning"] {
  const reasoning = body.object("reasoning");
  const word = reasoning?.string("effort");
  const effort = word === undefined ? undefined : readEffort(word, "reasoning.effort");
  const summary = reasoning?.oneOf("summary", ["auto", "concise", "detailed"]);
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort && { effort }), ...(summary && { summary }) };
}

function readFormat(body: WireObject): ChatRequest["responseFormat"] {
  const format = body.object("text")?.object("format");
  if (format === undefined) return undefined;
  const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
  switch (type) {
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json" };
    case "json_schema": {
      const description = format.string("description");
      const strict = format.boolean("strict");
      return {
        type: "json-schema",
        name: format.requiredString("name"),
        schema: format.requiredObject("schema").value,
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      };
    }
    case undefined:
      throw badRequest(format.field("type"), undefined, "text, json_object, json_schema");
    default:
      return type satisfies never;
  }
}

/** Fields that only this protocol has, carried for a model that speaks it as well. */
const OWN = [
  "service_tier",
  "truncation",
  "max_tool_calls",
  "top_logprobs",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt",
  "context_management",
];

function readOwnOptions(body: WireObject): ChatRequest["providerOptions"] {
  const own: JsonObject = {};
  for (const key of OWN) {
    const value = body.any(key);
    if (value !== undefined) own[key] = value;
  }
  const verbosity = body.object("text")?.any("verbosity");
  if (verbosity !== undefined) own.text = { verbosity };
  const choice = body.any("tool_choice");
  if (isJsonObject(choice) && choice.type !== "function") own.tool_choice = choice;
  return Object.keys(own).length === 0 ? undefined : { [RESPONSES]: own };
}
