import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { CallOptions } from "../../stream/chat-model.js";
import type {
  ChatRequest,
  ProviderTool,
  ReasoningEffort,
  ResponseFormat,
  ToolChoice,
  ToolDefinition,
} from "../../stream/chat-request.js";
import { invalid } from "../../stream/error.js";
import type { AiSdkCallOptions } from "./language-model.js";
import { AI_SDK, SLUICE, toJson } from "./metadata.js";
import type { Part } from "./part.js";
import { readCacheHint } from "./part-options.js";
import { readPrompt } from "./read-prompt.js";

/** What the AI SDK asks of a model, in our terms. */
export interface ReadOptions {
  request: ChatRequest;
  call: CallOptions;
  /** Options that have no place in a request. */
  warnings: Warning[];
}

/** Options of ours that the AI SDK has no fields for: they are read from `providerOptions.sluice`. */
const OWN = ["user", "metadata", "parallelToolCalls", "reasoning"] as const;

/**
 * Call options of any version.
 *
 * @throws {SluiceError} `invalid-argument`, naming the field.
 */
export function readOptions(options: AiSdkCallOptions): ReadOptions {
  const warnings: Warning[] = [];
  const { maxOutputTokens, temperature, stopSequences, topP, topK, presencePenalty, frequencyPenalty, seed } = options;
  const providerOptions = toJson(options.providerOptions ?? {});
  const { [SLUICE]: note = {}, ...others } = isJsonObject(providerOptions) ? providerOptions : {};
  const own = isJsonObject(note) ? note : {};
  const tools = [...(options.tools ?? []).map((tool, index) => readTool({ ...tool }, `tools[${index}]`, warnings))];
  if (Array.isArray(own.tools)) tools.push(...(own.tools as object[] as ProviderTool[]));
  const request: ChatRequest = {
    messages: readPrompt(options.prompt),
    ...defined({
      maxTokens: maxOutputTokens,
      temperature,
      stop: stopSequences,
      topP,
      topK,
      presencePenalty,
      frequencyPenalty,
      seed,
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: readToolChoice(options.toolChoice, tools.length),
      responseFormat: readResponseFormat(options.responseFormat),
      reasoning: readEffort(options.reasoning),
      ...Object.fromEntries(OWN.map((name) => [name, own[name]]).filter(([, value]) => value !== undefined)),
      providerOptions: readProviderOptions(others, own),
    }),
  };
  const { headers, abortSignal: signal } = options;
  // The AI SDK makes failed calls again by itself: two that do so would multiply.
  const call: CallOptions = {
    retry: { retries: 0 },
    ...(signal !== undefined && { signal }),
    ...(headers !== undefined && { headers: defined(headers) }),
  };
  return { request, call, warnings };
}

/** The caller's, without what was ours; a request has none rather than empty ones. */
function readProviderOptions(others: JsonObject, own: JsonObject): ChatRequest["providerOptions"] {
  const rest = Object.entries(own).filter(([name]) => name !== "tools" && !OWN.some((known) => known === name));
  const all: JsonObject = rest.length === 0 ? others : { ...others, [SLUICE]: Object.fromEntries(rest) };
  const entries = Object.entries(all).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readTool(tool: Part, field: string, warnings: Warning[]): ToolDefinition | ProviderTool {
  const { type, name, id, args, description, inputSchema, strict, inputExamples, providerOptions } = tool;
  if (typeof name !== "string") throw invalid(`${field}.name`, name, "a string");
  // Version 2 says `provider-defined`.
  if (type === "provider" || type === "provider-defined") {
    if (typeof id !== "string") throw invalid(`${field}.id`, id, "a string such as anthropic.web_search_20250305");
    const given = toJson(args ?? {});
    return { dialect: AI_SDK, type: id, name, ...(isJsonObject(given) && { args: given }) };
  }
  if (type !== "function") throw invalid(`${field}.type`, type, "function, provider, provider-defined");
  if (inputExamples !== undefined) {
    warnings.push({ field: `${field}.inputExamples`, message: "left out: a request has no examples of arguments" });
  }
  const schema = toJson(inputSchema);
  if (!isJsonObject(schema)) throw invalid(`${field}.inputSchema`, inputSchema, "a JSON Schema");
  return {
    name,
    ...(typeof description === "string" && { description }),
    inputSchema: schema,
    ...(typeof strict === "boolean" && { strict }),
    ...readCacheHint(providerOptions),
  };
}

/** `ai` says `auto` where there are no tools to choose from, too. */
function readToolChoice(choice: object | undefined, tools: number): ToolChoice | undefined {
  if (choice === undefined || tools === 0) return undefined;
  const { type, toolName }: Part = { ...choice };
  switch (type) {
    case "auto":
    case "none":
    case "required":
      return type;
    case "tool":
      return { name: String(toolName) };
    default:
      throw invalid("toolChoice.type", type, "auto, none, required, tool");
  }
}

function readResponseFormat(format: object | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined;
  const { type, schema, name, description }: Part = { ...format };
  if (type === "text") return { type };
  if (type !== "json") throw invalid("responseFormat.type", type, "text, json");
  if (schema === undefined) return { type };
  const read: JsonValue = toJson(schema);
  if (!isJsonObject(read)) throw invalid("responseFormat.schema", schema, "a JSON Schema");
  return {
    type: "json-schema",
    // Any text may be its name in the AI SDK; providers take few characters.
    name: typeof name === "string" ? name.replace(/[^\w-]/g, "_").slice(0, 64) || "response" : "response",
    schema: read,
    ...(typeof description === "string" && { description }),
  };
}

function readEffort(effort: string | undefined): { effort: ReasoningEffort } | undefined {
  switch (effort) {
    case undefined:
    case "provider-default":
      return undefined;
    case "none":
    case "minimal":
    case "low":
    case "medium":
    case "high":
    case "max":
      return { effort };
    case "xhigh":
      return { effort: "max" };
    default:
      throw invalid("reasoning", effort, "provider-default, none, minimal, low, medium, high, xhigh, max");
  }
}
