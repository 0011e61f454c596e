import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { ChatRequest, ProviderTool, ToolChoice } from "../../stream/chat-request.js";
import type { ServedRequest } from "../dialect.js";
import { readEffort } from "../openai-effort.js";
import { readResponseFormat } from "../openai-response-format.js";
import { numberOption, oneOrMoreStops } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";
import { OPENAI_CHAT } from "./opaque.js";
import { readMessages } from "./read-messages.js";

/** A client's request for a chat completion. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  const n = body.number("n");
  if (n !== undefined && n !== 1) throw badRequest("n", n, "1: one answer a request");
  for (const field of ["functions", "function_call"]) {
    if (body.has(field)) throw badRequest(field, body.any(field), "nothing: functions are declared as tools");
  }
  const options = {
    tools: readTools(body),
    toolChoice: readToolChoice(body),
    parallelToolCalls: body.boolean("parallel_tool_calls"),
    temperature: numberOption(body, "temperature", "temperature"),
    topP: numberOption(body, "top_p", "topP"),
    topK: numberOption(body, "top_k", "topK"),
    maxTokens:
      numberOption(body, "max_completion_tokens", "maxTokens") ?? numberOption(body, "max_tokens", "maxTokens"),
    stop: oneOrMoreStops(body, "stop"),
    seed: numberOption(body, "seed", "seed"),
    presencePenalty: numberOption(body, "presence_penalty", "presencePenalty"),
    frequencyPenalty: numberOption(body, "frequency_penalty", "frequencyPenalty"),
    reasoning: readReasoning(body),
    responseFormat: readFormat(body),
    user: body.string("user") ?? body.string("safety_identifier"),
    metadata: body.strings("metadata"),
    providerOptions: readOwnOptions(body),
  };
  const request: ChatRequest = { messages: readMessages(body), ...defined(options) };
  return { model: body.requiredString("model"), stream: body.boolean("stream") ?? false, request };
}

/** Whether the client asked for a chunk with the usage, which others do not expect. */
export function wantsUsage(request: ChatRequest): boolean {
  const options = request.providerOptions?.[OPENAI_CHAT]?.stream_options;
  return isJsonObject(options) && options.include_usage === true;
}

function readTools(body: WireObject): ChatRequest["tools"] {
  return body.objects("tools")?.map((tool) => {
    if (tool.requiredString("type") !== "function") return readOwn(tool);
    const called = tool.requiredObject("function");
    const description = called.string("description");
    const strict = called.boolean("strict");
    return {
      name: called.requiredString("name"),
      inputSchema: called.object("parameters")?.value ?? { type: "object", properties: {} },
      ...(description !== undefined && { description }),
      ...(strict !== undefined && { strict }),
    };
  });
}

/** A tool that only services of this protocol know, or one that takes plain text. */
function readOwn(tool: WireObject): ProviderTool {
  const { type: _, ...args } = tool.value;
  const name = tool.object("custom")?.requiredString("name");
  return {
    dialect: OPENAI_CHAT,
    type: tool.requiredString("type"),
    ...(name !== undefined && { name }),
    ...(Object.keys(args).length > 0 && { args }),
  };
}

/** A choice that only this protocol has is one of its own options. */
function readToolChoice(body: WireObject): ToolChoice | undefined {
  const choice = body.any("tool_choice");
  if (!isJsonObject(choice)) {
    return body.oneOf<"auto" | "none" | "required">("tool_choice", ["auto", "none", "required"]);
  }
  if (choice.type !== "function") return undefined;
  return { name: body.requiredObject("tool_choice").requiredObject("function").requiredString("name") };
}

function readReasoning(body: WireObject): ChatRequest["reasoning"] {
  const nested = body.object("reasoning");
  const plain = body.string("reasoning_effort");
  const word = nested?.string("effort") ?? plain;
  const budgetTokens = nested && numberOption(nested, "max_tokens", "budgetTokens");
  if (word === undefined && budgetTokens === undefined) return undefined;
  const effort = word === undefined ? undefined : readEffort(word, "reasoning_effort");
  return { ...(effort && { effort }), ...(budgetTokens !== undefined && { budgetTokens }) };
}

function readFormat(body: WireObject): ChatRequest["responseFormat"] {
  return readResponseFormat(body.object("response_format"), (format) => {
    const wire = format.requiredObject("json_schema");
    return { wire, schema: wire.object("schema") };
  });
}

/** Fields that only this protocol has, carried for a model that speaks it as well. */
const OWN = {
  stream_options: { include_usage: "boolean", include_obfuscation: "boolean" },
  logit_bias: "object",
  logprobs: "boolean",
  top_logprobs: "number",
  modalities: "texts",
  moderation: "object",
  audio: { voice: ["string", "object"], format: "string" },
  prediction: "object",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  service_tier: "string",
  store: "boolean",
  verbosity: "string",
  web_search_options: "object",
} as const;

function readOwnOptions(body: WireObject): ChatRequest["providerOptions"] {
  const own = body.carried(OWN);
  if (body.has("user") && body.has("safety_identifier")) own.safety_identifier = body.string("safety_identifier") ?? "";
  const choice = body.any("tool_choice");
  if (isJsonObject(choice) && choice.type !== "function") own.tool_choice = choice;
  return Object.keys(own).length === 0 ? undefined : { [OPENAI_CHAT]: own };
}
