import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { ChatRequest, ProviderTool, ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import type { ServedRequest } from "../dialect.js";
import { readEffort } from "../openai-effort.js";
import { readResponseFormat } from "../openai-response-format.js";
import { numberOption } from "../request-option.js";
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
    temperature: numberOption(body, "temperature", "temperature"),
    topP: numberOption(body, "top_p", "topP"),
    maxTokens: numberOption(body, "max_output_tokens", "maxTokens"),
    // Of the Open Responses specification; OpenAI itself only says them.
    presencePenalty: numberOption(body, "presence_penalty", "presencePenalty"),
    frequencyPenalty: numberOption(body, "frequency_penalty", "frequencyPenalty"),
    reasoning: readReasoning(body),
    responseFormat: readFormat(body),
    user: body.string("user") ?? body.string("safety_identifier"),
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

/** Fields of a function that every protocol has. */
const FUNCTION = ["type", "name", "description", "parameters", "strict"];

/** A function; one with fields that others lack (who may call it, that it is loaded later) is this protocol's. */
function readFunction(tool: WireObject): ToolDefinition | ProviderTool {
  const more = Object.keys(tool.value).filter((key) => !FUNCTION.includes(key) && tool.has(key));
  if (more.length > 0) return readOwn(tool);
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
  const summaries = ["auto", "concise", "detailed"] as const;
  // The second name is the one that it had first.
  const summary = reasoning?.oneOf("summary", summaries) ?? reasoning?.oneOf("generate_summary", summaries);
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort && { effort }), ...(summary && { summary }) };
}

function readFormat(body: WireObject): ChatRequest["responseFormat"] {
  return readResponseFormat(body.object("text")?.object("format"), (format) => ({
    wire: format,
    schema: format.requiredObject("schema"),
  }));
}

/** Fields that only this protocol has, carried for a model that speaks it as well. */
const OWN = {
  service_tier: "string",
  truncation: "string",
  max_tool_calls: "number",
  moderation: "object",
  top_logprobs: "number",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  prompt: "object",
  context_management: "objects",
  stream_options: { include_obfuscation: "boolean" },
} as const;
/** Fields of `reasoning` that are options of ours. */
const REASONING = ["effort", "summary", "generate_summary"];

function readOwnOptions(body: WireObject): ChatRequest["providerOptions"] {
  const own = body.carried(OWN);
  // Nothing is kept at a provider unless the client asks for it, and encrypted reasoning is asked for in any case.
  if (body.boolean("store")) own.store = true;
  const include = body.texts("include")?.filter((what) => what !== "reasoning.encrypted_content") ?? [];
  if (include.length > 0) own.include = include;
  if (body.has("user") && body.has("safety_identifier")) own.safety_identifier = body.string("safety_identifier") ?? "";
  const thinking = body.object("reasoning")?.value ?? {};
  const more = Object.entries(thinking).filter(([key, value]) => value !== null && !REASONING.includes(key));
  if (more.length > 0) own.reasoning = Object.fromEntries(more);
  const verbosity = body.object("text")?.string("verbosity");
  if (verbosity !== undefined) own.text = { verbosity };
  const choice = body.any("tool_choice");
  if (isJsonObject(choice) && choice.type !== "function") own.tool_choice = choice;
  return Object.keys(own).length === 0 ? undefined : { [RESPONSES]: own };
}
