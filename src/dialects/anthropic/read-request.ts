import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type {
  ChatRequest,
  ProviderTool,
  ReasoningOptions,
  ToolChoice,
  ToolDefinition,
} from "../../stream/chat-request.js";
import type { ServedRequest } from "../dialect.js";
import { numberOption, stopOption } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";
import { readCache } from "./cache-control.js";
import { ANTHROPIC, otherFields } from "./opaque.js";
import { readMessages } from "./read-messages.js";

/** Fields that every dialect has a term for; the others are kept for a model that speaks this one. */
const KNOWN = [
  "model",
  "max_tokens",
  "system",
  "messages",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "metadata",
];

/** A client's request for a message. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  const model = body.requiredString("model");
  const maxTokens = numberOption(body, "max_tokens", "maxTokens");
  if (maxTokens === undefined) throw badRequest("max_tokens", undefined, "a number");
  const options = {
    temperature: numberOption(body, "temperature", "temperature"),
    topP: numberOption(body, "top_p", "topP"),
    topK: numberOption(body, "top_k", "topK"),
    stop: stopOption(body, "stop_sequences"),
    ...readTools(body),
    ...readToolChoice(body),
    reasoning: readThinking(body),
    responseFormat: readFormat(body),
    user: body.object("metadata")?.string("user_id"),
    providerOptions: readOwnOptions(body),
  };
  const request: ChatRequest = { messages: readMessages(body), maxTokens, ...defined(options) };
  return { model, stream: body.boolean("stream") ?? false, request };
}

function readTools(body: WireObject): Pick<ChatRequest, "tools"> {
  const tools = body.objects("tools");
  return tools === undefined ? {} : { tools: tools.map(readTool) };
}

function readTool(tool: WireObject): ToolDefinition | ProviderTool {
  const type = tool.string("type") ?? "custom";
  if (type !== "custom") {
    const name = tool.string("name");
    const args = otherFields(tool.value, ["type", "name"]);
    return {
      dialect: ANTHROPIC,
      type,
      ...(name !== undefined && { name }),
      ...(Object.keys(args).length > 0 && { args }),
    };
  }
  const description = tool.string("description");
  const strict = tool.boolean("strict");
  return {
    name: tool.requiredString("name"),
    ...(description !== undefined && { description }),
    inputSchema: tool.requiredObject("input_schema").value,
    ...(strict !== undefined && { strict }),
    ...readCache(tool),
  };
}

const CHOICES = ["auto", "any", "tool", "none"] as const;

function readToolChoice(body: WireObject): Pick<ChatRequest, "toolChoice" | "parallelToolCalls"> {
  const choice = body.object("tool_choice");
  if (choice === undefined) return {};
  const type = choice.oneOf("type", CHOICES);
  if (type === undefined) throw badRequest(choice.field("type"), undefined, CHOICES.join(", "));
  const words = { auto: "auto", any: "required", none: "none" } as const;
  const toolChoice: ToolChoice = type === "tool" ? { name: choice.requiredString("name") } : words[type];
  const single = choice.boolean("disable_parallel_tool_use");
  return { toolChoice, ...(single !== undefined && { parallelToolCalls: !single }) };
}

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

function readThinking(body: WireObject): ReasoningOptions | undefined {
  const thinking = body.object("thinking");
  const word = body.object("output_config")?.oneOf("effort", EFFORTS);
  const effort = word === "xhigh" ? "max" : word;
  if (thinking === undefined) return effort === undefined ? undefined : { effort };
  const type = thinking.oneOf("type", ["enabled", "disabled", "adaptive", "between_tools"]);
  // Models that always think may be asked how, and no more.
  if (type === undefined && isHow(thinking.value)) return effort === undefined ? undefined : { effort };
  const display = thinking.string("display");
  const summary =
    display === undefined ? {} : { summary: display === "omitted" ? ("none" as const) : ("auto" as const) };
  switch (type) {
    case "disabled":
    case "between_tools":
      return { effort: "none" };
    case "adaptive":
      return { ...(effort !== undefined && { effort }), ...summary };
    case "enabled": {
      const budgetTokens = numberOption(thinking, "budget_tokens", "budgetTokens");
      if (budgetTokens === undefined) throw badRequest(thinking.field("budget_tokens"), undefined, "a number");
      return { ...(effort !== undefined && { effort }), budgetTokens, ...summary };
    }
    case undefined:
      throw badRequest(thinking.field("type"), undefined, "enabled, disabled, adaptive, between_tools");
    default:
      return type satisfies never;
  }
}

/** Settings of thinking that only Anthropic has. */
const HOW = ["block_binding", "display"];

function isHow(thinking: JsonObject): boolean {
  const keys = Object.keys(thinking);
  return keys.length > 0 && keys.every((key) => HOW.includes(key));
}

/** How to think, as far as no other dialect has a word for it. */
function ownThinking(body: WireObject): JsonObject {
  const thinking = body.object("thinking");
  // Effort alone does not ask for thinking, as it does among our options.
  if (thinking === undefined) return body.object("output_config")?.has("effort") ? { thinking: null } : {};
  const { type, display } = thinking.value;
  const unsaid = type === undefined || display === "updates" ? HOW : ["block_binding"];
  const own = Object.fromEntries(
    Object.entries(thinking.value).filter(([key, value]) => value !== null && unsaid.includes(key)),
  );
  return Object.keys(own).length > 0 ? { thinking: own } : {};
}

/** The effort in Anthropic's own word, where ours says less or asks for more. */
function ownEffort(body: WireObject): JsonObject {
  const effort = body.object("output_config")?.string("effort");
  return effort !== undefined && (effort === "xhigh" || !body.has("thinking")) ? { effort } : {};
}

/** `output_format` is the field's first name, from when it was beta. */
function readFormat(body: WireObject): ChatRequest["responseFormat"] {
  const format = body.object("output_config")?.object("format") ?? body.object("output_format");
  if (format === undefined) return undefined;
  if (format.oneOf("type", ["json_schema"]) === undefined) {
    throw badRequest(format.field("type"), undefined, "json_schema");
  }
  return { type: "json-schema", name: "response", schema: format.requiredObject("schema").value };
}

/** Fields that only this protocol has, as far as they are documented. */
const OWN = {
  service_tier: "string",
  container: ["string", "object"],
  context_management: "object",
  mcp_servers: "objects",
  cache_control: "object",
  inference_geo: "string",
  speed: "string",
} as const;

function readOwnOptions(body: WireObject): ChatRequest["providerOptions"] {
  body.check(OWN);
  const own: JsonObject = { ...otherFields(body.value, KNOWN), ...ownThinking(body) };
  const output = body.object("output_config")?.value ?? {};
  const outputOptions = { ...otherFields(output, ["effort", "format"]), ...ownEffort(body) };
  if (Object.keys(outputOptions).length > 0) own.output_config = outputOptions;
  const tools = toolOptions(body);
  if (tools.length > 0) own.tools = tools;
  return Object.keys(own).length === 0 ? undefined : { [ANTHROPIC]: own };
}

/** Settings of the client's tools that only Anthropic has, by the tool's name. */
function toolOptions(body: WireObject): JsonObject[] {
  const known = ["type", "name", "description", "input_schema", "strict", "cache_control"];
  return (body.objects("tools") ?? []).flatMap((tool) => {
    if ((tool.string("type") ?? "custom") !== "custom") return [];
    const settings = otherFields(tool.value, known);
    return Object.keys(settings).length === 0 ? [] : [{ name: tool.requiredString("name"), ...settings }];
  });
}
