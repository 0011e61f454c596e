import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ResponseFormat } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { betasOf } from "./betas.js";
import { limitBreakpoints, writeCache } from "./cache-control.js";
import { type ClaudeTraits, traitsOf } from "./model-traits.js";
import { ANTHROPIC } from "./opaque.js";
import { writeProviderTool } from "./provider-tools.js";
import { restrictSchema } from "./restrict-schema.js";
import { writeMessages } from "./write-messages.js";
import { PATH, VERSION, warnOfMissing, writeSampling, writeStop } from "./write-settings.js";
import { writeThinking } from "./write-thinking.js";

/** A request for a message, as https://platform.claude.com/docs/en/api/messages/create describes it. */
export function writeRequest(request: ChatRequest, target: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const traits = traitsOf(target.model);
  const maxTokens = request.maxTokens ?? traits.maxTokens;
  const { system, messages, container } = writeMessages(request.messages, traits, target.model, warnings);
  const own = request.providerOptions?.[ANTHROPIC] ?? {};
  const reasoning = own.thinking === null ? undefined : request.reasoning;
  const { thinking, effort } = writeThinking(reasoning, traits, maxTokens, forcesTool(request, traits), warnings);
  const format = writeFormat(request.responseFormat, warnings);
  const body: JsonObject = {
    model: target.model,
    max_tokens: maxTokens,
    ...(system !== undefined && { system }),
    messages,
    ...(target.stream && { stream: true }),
    ...writeSampling(request, traits, thinking, warnings),
    ...writeStop(request.stop, warnings),
    ...writeTools(request, traits, warnings),
    ...(thinking !== undefined && { thinking }),
    ...(effort !== undefined || format !== undefined
      ? { output_config: { ...(effort !== undefined && { effort }), ...(format !== undefined && { format }) } }
      : {}),
    ...writeUser(request, warnings),
    ...(container !== undefined && writeContainer(container, request, warnings)),
  };
  warnOfMissing(request, warnings);
  const betas = mergeOptions(body, own);
  limitBreakpoints(body, warnings);
  const all = [...new Set([...betasOf(body), ...betas])];
  const headers = { "anthropic-version": VERSION, ...(all.length > 0 && { "anthropic-beta": all.join(",") }) };
  return { path: PATH, headers, body, warnings };
}

function writeTools(request: ChatRequest, traits: ClaudeTraits, warnings: Warning[]): JsonObject {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return {};
  const wire = tools.map((tool, index): JsonObject => {
    if (!isProviderTool(tool)) {
      const { name, description, inputSchema, strict, cache } = tool;
      return {
        name,
        ...(description !== undefined && { description }),
        input_schema: inputSchema,
        ...(strict !== undefined && { strict }),
        ...writeCache(cache),
      };
    }
    if (tool.dialect === ANTHROPIC) return writeProviderTool(tool);
    const field = `tools[${index}]`;
    throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind anthropic`, { field });
  });
  const forced = forces(toolChoice);
  if (forced && !traits.forcedTools) {
    warnings.push({ field: "toolChoice", message: "sent as auto: this model cannot be made to call a tool" });
  }
  const choice = writeChoice(forced && !traits.forcedTools ? "auto" : toolChoice, parallelToolCalls);
  return { tools: wire, ...(choice !== undefined && { tool_choice: choice }) };
}

function forces(toolChoice: ChatRequest["toolChoice"]): boolean {
  return toolChoice === "required" || typeof toolChoice === "object";
}

/** Whether the model is made to call a tool. */
function forcesTool({ tools = [], toolChoice }: ChatRequest, traits: ClaudeTraits): boolean {
  return tools.length > 0 && forces(toolChoice) && traits.forcedTools;
}

function writeChoice(choice: ChatRequest["toolChoice"], parallel: boolean | undefined): JsonObject | undefined {
  if (choice === "none") return { type: "none" };
  if (choice === undefined && parallel === undefined) return undefined;
  const named = typeof choice === "object" ? { type: "tool", name: choice.name } : undefined;
  const wire = named ?? { type: choice === "required" ? "any" : "auto" };
  return parallel === undefined ? wire : { ...wire, disable_parallel_tool_use: !parallel };
}

function writeFormat(format: ResponseFormat | undefined, warnings: Warning[]): JsonObject | undefined {
  const field = "responseFormat";
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json":
      warnings.push({ field, message: "not sent: Anthropic holds an answer to JSON only by a schema" });
      return undefined;
    case "json-schema": {
      const left = new Set<string>();
      const schema = restrictSchema(format.schema, left);
      if (left.size > 0) {
        warnings.push({
          field: `${field}.schema`,
          message: `sent without what Anthropic refuses: ${[...left].join(", ")}`,
        });
      }
      return { type: "json_schema", schema };
    }
    default:
      return format satisfies never;
  }
}

function writeUser({ user, metadata }: ChatRequest, warnings: Warning[]): JsonObject {
  if (metadata !== undefined && Object.keys(metadata).length > 0) {
    warnings.push({ field: "metadata", message: "not sent: Anthropic keeps no labels, only the id of a user" });
  }
  return user === undefined ? {} : { metadata: { user_id: user } };
}

/** The code of the last turn ran there; it is of use only to the provider's tools, and gone once it expired. */
function writeContainer(container: JsonObject, { tools }: ChatRequest, warnings: Warning[]): JsonObject {
  if (typeof container.id !== "string" || !tools?.some(isProviderTool)) return {};
  if (typeof container.expires_at === "string" && Date.parse(container.expires_at) < Date.now()) {
    warnings.push({ field: "messages", message: "the container of the last turn is not used again: it has expired" });
    return {};
  }
  return { container: container.id };
}

/**
 * Merges the caller's own fields. `betas` are headers; fields of `tools` are added to the tools of the same name; objects
 * are added to what stands there; `null` takes a field out.
 *
 * @returns the betas.
 */
function mergeOptions(body: JsonObject, options: Readonly<Record<string, JsonValue>>): string[] {
  const { betas, tools, ...fields } = options;
  for (const [key, value] of Object.entries(fields)) {
    const before = body[key];
    if (value === null) delete body[key];
    else body[key] = isJsonObject(before) && isJsonObject(value) ? { ...before, ...value } : value;
  }
  if (Array.isArray(tools)) body.tools = mergeTools(Array.isArray(body.tools) ? body.tools : [], tools);
  return Array.isArray(betas) ? betas.filter((beta) => typeof beta === "string") : [];
}

function mergeTools(tools: JsonValue[], options: readonly JsonValue[]): JsonValue[] {
  const merged = [...tools];
  for (const option of options) {
    const at = merged.findIndex((tool) => isJsonObject(tool) && isJsonObject(option) && tool.name === option.name);
    const tool = merged[at];
    if (isJsonObject(tool) && isJsonObject(option)) merged[at] = { ...tool, ...option };
    else merged.push(option);
  }
  return merged;
}
