import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ReasoningOptions } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { writeEffort } from "../openai-effort.js";
import { RESPONSES } from "./opaque.js";
import { writeInput } from "./write-input.js";
import { PATH, systemRole, warnOfUnknown, writeSettings } from "./write-settings.js";
import { writeDefinition } from "./write-tools.js";

/**
 * A request for a response, as https://platform.openai.com/docs/api-reference/responses/create describes it. Nothing is
 * stored at the provider unless `providerOptions` say so: reasoning then comes back encrypted, with the conversation.
 */
export function writeRequest(request: ChatRequest, target: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const options = { ...request.providerOptions?.[RESPONSES], ...request.providerOptions?.openai };
  const input = { systemRole: systemRole(target), stored: options.store === true, warnings };
  const body = defined({
    model: target.model,
    input: writeInput(request.messages, input),
    ...writeSettings(request, target, warnings),
    ...writeTools(request),
    ...writeReasoning(request.reasoning, warnings),
    text: writeFormat(request.responseFormat),
    user: request.user,
    metadata: request.metadata,
  });
  warnOfUnknown(request, warnings);
  return { path: PATH, body: merged(body, options), warnings };
}

/**
 * Options for this protocol as they were given. `text` and `reasoning` have fields of several options, and what is to be
 * included is asked for beside the encrypted reasoning.
 */
function merged(body: JsonObject, options: Record<string, JsonValue>): JsonObject {
  const result = { ...body, ...options };
  for (const field of ["text", "reasoning"]) {
    const [ours, given] = [body[field], options[field]];
    if (isObject(ours) && isObject(given)) result[field] = { ...ours, ...given };
  }
  const [ours, given] = [body.include, options.include];
  if (Array.isArray(ours) && Array.isArray(given)) result.include = [...new Set([...ours, ...given])];
  return result;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function writeTools({ tools, toolChoice, parallelToolCalls }: ChatRequest): Record<string, JsonValue | undefined> {
  if (tools === undefined || tools.length === 0) return {};
  return {
    tools: tools.map((tool, index): JsonObject => {
      if (!isProviderTool(tool) || tool.dialect === RESPONSES) return writeDefinition(tool);
      const field = `tools[${index}]`;
      const message = `${field}: a tool of ${tool.dialect} cannot run behind ${RESPONSES}`;
      throw new SluiceError("unsupported", message, { field });
    }),
    tool_choice: typeof toolChoice === "object" ? writeChoice(toolChoice.name, tools) : toolChoice,
    parallel_tool_calls: parallelToolCalls,
  };
}

/** Tools of the client's are chosen by name, and the provider's by their type. */
function writeChoice(name: string, tools: NonNullable<ChatRequest["tools"]>): JsonObject {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined || !isProviderTool(tool)) return { type: "function", name };
  const { type } = tool;
  return type === "custom" || type === "function" ? { type, name } : { type };
}

function writeReasoning(options: ReasoningOptions | undefined, warnings: Warning[]): JsonObject {
  if (options === undefined) return {};
  const { effort, budgetTokens, summary } = options;
  if (budgetTokens !== undefined) {
    warnings.push({ field: "reasoning.budgetTokens", message: `not sent: ${RESPONSES} has no such option` });
  }
  const reasoning = defined({
    effort: effort && writeEffort(effort),
    // No summary is what the API gives where none is asked for.
    summary: summary === "none" ? undefined : summary,
  });
  return Object.keys(reasoning).length > 0 ? { reasoning } : {};
}

function writeFormat(format: ChatRequest["responseFormat"]): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case "text":
      return { format: { type: "text" } };
    case "json":
      return { format: { type: "json_object" } };
    case "json-schema": {
      const { name, schema, description, strict } = format;
      return { format: defined({ type: "json_schema", name, schema, description, strict }) };
    }
    default:
      return format satisfies never;
  }
}
