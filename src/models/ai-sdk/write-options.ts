import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ProviderTool, type ToolDefinition } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { AiSdkTarget } from "./call-target.js";
import type { AiSdkCallOptions } from "./language-model.js";
import { AI_SDK, SLUICE, toJson } from "./metadata.js";
import { writePartOptions } from "./part-options.js";
import { writePrompt } from "./write-prompt.js";

/** A request in the AI SDK's terms. */
export interface WrittenOptions {
  options: AiSdkCallOptions;
  /** Options that were not sent as they were given. */
  warnings: Warning[];
}

/**
 * A request as a language model's call options.
 *
 * @throws {SluiceError} `unsupported` for what this version cannot carry, naming the field.
 */
export function writeOptions(request: ChatRequest, target: AiSdkTarget): WrittenOptions {
  const warnings: Warning[] = [];
  const { maxTokens, temperature, stop, topP, topK, presencePenalty, frequencyPenalty, seed, reasoning } = request;
  const { tools, toolChoice } = request;
  const providerOptions = writeProviderOptions(request, target, warnings);
  const written = tools?.flatMap((tool, index) => writeTool(tool, target, `tools[${index}]`, warnings));
  const options: AiSdkCallOptions = {
    prompt: writePrompt(request.messages, target, warnings),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(stop !== undefined && { stopSequences: stop }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(seed !== undefined && { seed }),
    ...(written !== undefined && written.length > 0 && { tools: written }),
    ...(toolChoice !== undefined && { toolChoice: writeToolChoice(toolChoice) }),
    ...writeResponseFormat(request, target, warnings),
    ...(target.version === "v4" && reasoning?.effort !== undefined && { reasoning: reasoning.effort }),
    ...(providerOptions !== undefined && { providerOptions }),
  };
  return { options, warnings };
}

/** The caller's, and for a model of ours what the AI SDK has no fields for. */
function writeProviderOptions(request: ChatRequest, target: AiSdkTarget, warnings: Warning[]): object | undefined {
  const own = ownOptions(request);
  if (target.provider !== SLUICE) {
    for (const [field, value] of Object.entries(own)) warnings.push(...homeless(field, value, target));
    return request.providerOptions;
  }
  const foreign = (request.tools ?? []).filter((tool) => isProviderTool(tool) && tool.dialect !== AI_SDK);
  const note = { ...own, ...(foreign.length > 0 && { tools: toJson(foreign) }) };
  if (Object.keys(note).length === 0) return request.providerOptions;
  return { ...request.providerOptions, [SLUICE]: { ...request.providerOptions?.[SLUICE], ...note } };
}

function ownOptions({ user, metadata, parallelToolCalls, reasoning }: ChatRequest): JsonObject {
  return {
    ...(user !== undefined && { user }),
    ...(metadata !== undefined && { metadata }),
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    ...(reasoning !== undefined && { reasoning: { ...reasoning } }),
  };
}

/** Says which options are left to the provider's own. */
function homeless(field: string, value: unknown, { version, provider }: AiSdkTarget): Warning[] {
  const message = `left out: AI SDK ${version} models take it in providerOptions.${provider}, each by its own name`;
  if (field !== "reasoning" || typeof value !== "object" || value === null) return [{ field, message }];
  return Object.keys(value)
    .filter((name) => version !== "v4" || name !== "effort")
    .map((name) => ({ field: `reasoning.${name}`, message }));
}

function writeTool(
  tool: ToolDefinition | ProviderTool,
  { version, provider }: AiSdkTarget,
  field: string,
  warnings: Warning[],
): object[] {
  if (isProviderTool(tool)) {
    const { dialect, type: id, args = {} } = tool;
    if (dialect === AI_SDK) {
      const name = tool.name ?? id.slice(id.indexOf(".") + 1);
      return [{ type: version === "v2" ? "provider-defined" : "provider", id, name, args }];
    }
    // It goes to a model of ours in a note.
    if (provider === SLUICE) return [];
    const wanted = `found ${JSON.stringify(dialect)}; allowed: "${AI_SDK}", with an id such as anthropic.web_search_20250305 as type`;
    throw new SluiceError("unsupported", `${field}.dialect: ${wanted}`, { field: `${field}.dialect` });
  }
  const { name, description, inputSchema, strict } = tool;
  if (strict !== undefined && version === "v2") {
    warnings.push({ field: `${field}.strict`, message: "left out: AI SDK v2 models have no such field" });
  }
  return [
    {
      type: "function",
      name,
      ...(description !== undefined && { description }),
      inputSchema,
      ...(strict !== undefined && version !== "v2" && { strict }),
      ...writePartOptions(tool),
    },
  ];
}

function writeToolChoice(choice: NonNullable<ChatRequest["toolChoice"]>): object {
  return typeof choice === "string" ? { type: choice } : { type: "tool", toolName: choice.name };
}

function writeResponseFormat(
  { responseFormat: format }: ChatRequest,
  { version }: AiSdkTarget,
  warnings: Warning[],
): { responseFormat?: object } {
  if (format === undefined) return {};
  if (format.type !== "json-schema") return { responseFormat: { type: format.type } };
  const { name, schema, description, strict } = format;
  if (strict !== undefined) {
    warnings.push({
      field: "responseFormat.strict",
      message: `left to the model: AI SDK ${version} has no such field`,
    });
  }
  return { responseFormat: { type: "json", schema, name, ...(description !== undefined && { description }) } };
}
