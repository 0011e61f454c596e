import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ReasoningOptions } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { customToolNames } from "../custom-tools.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { writeEffort } from "../openai-effort.js";
import { refusesFunctions } from "../openai-models.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { writeMessages } from "./write-messages.js";
import { PATH, writeSettings } from "./write-settings.js";

/** A request for a chat completion, as https://platform.openai.com/docs/api-reference/chat/create describes it. */
export function writeRequest(request: ChatRequest, target: CallTarget, quirks: OpenAiChatQuirks): WireRequest {
  const warnings: Warning[] = [];
  const { user, metadata } = request;
  const body = defined({
    model: target.model,
    messages: writeMessages(request.messages, quirks, target.model, warnings),
    ...(quirks.goOn === "continue_final_message" &&
      request.messages.at(-1)?.role === "assistant" && { continue_final_message: true, add_generation_prompt: false }),
    ...writeSettings(request, target, quirks),
    ...writeTools(request),
    ...(writeNoThinking(request, target.model, quirks, warnings) ??
      writeReasoning(request.reasoning, quirks, warnings)),
    response_format: writeFormat(request.responseFormat),
    ...(quirks.user !== false && { user }),
    metadata,
    ...(quirks.topK && { top_k: request.topK }),
  });
  if (request.topK !== undefined && !quirks.topK) {
    warnings.push({ field: "topK", message: "not sent: openai-chat has no such option" });
  }
  if (user !== undefined && quirks.user === false) {
    warnings.push({ field: "user", message: "not sent: this service takes no id of a user" });
  }
  for (const name of ["openai-chat", ...(quirks.optionsFrom ?? [])]) {
    Object.assign(body, request.providerOptions?.[name]);
  }
  return { path: PATH, body, warnings };
}

function writeTools({ tools, toolChoice, parallelToolCalls }: ChatRequest): Record<string, JsonValue | undefined> {
  if (tools === undefined || tools.length === 0) return {};
  return {
    tools: tools.map((tool, index) => {
      if (isProviderTool(tool)) {
        if (tool.dialect === "openai-chat") return { type: tool.type, ...tool.args };
        const field = `tools[${index}]`;
        throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind openai-chat`, {
          field,
        });
      }
      const { name, description, inputSchema, strict } = tool;
      return { type: "function", function: defined({ name, description, parameters: inputSchema, strict }) };
    }),
    tool_choice: typeof toolChoice === "object" ? writeChoice(toolChoice.name, tools) : toolChoice,
    parallel_tool_calls: parallelToolCalls,
  };
}

/** A tool is chosen as what it is: a function, or one that takes plain text. */
function writeChoice(name: string, tools: NonNullable<ChatRequest["tools"]>): JsonObject {
  const custom = customToolNames({ tools }).has(name);
  return custom ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

function writeReasoning(
  options: ReasoningOptions | undefined,
  quirks: OpenAiChatQuirks,
  warnings: Warning[],
): JsonObject {
  if (options === undefined) return {};
  const { effort, budgetTokens, summary } = options;
  const level = effort && writeEffort(effort);
  if (quirks.reasoning === "reasoning") {
    if (summary !== undefined)
      warnings.push({ field: "reasoning.summary", message: "not sent: this service has no such option" });
    return { reasoning: defined({ effort: level, max_tokens: budgetTokens }) };
  }
  for (const [field, value] of Object.entries({ budgetTokens, summary })) {
    if (value !== undefined)
      warnings.push({ field: `reasoning.${field}`, message: "not sent: openai-chat has no such option" });
  }
  if (level === undefined) return {};
  if (quirks.reasoning === "high-or-none") return writeHighOrNone(level, warnings);
  if (quirks.reasoning !== "none") return { reasoning_effort: level };
  warnings.push({ field: "reasoning.effort", message: "not sent: this service has no such option" });
  return {};
}

/** No thinking, where a model of OpenAI's refuses functions beside it; `undefined` elsewhere. */
function writeNoThinking(
  { tools = [], reasoning }: ChatRequest,
  model: string,
  { maxTokensField = "max_completion_tokens" }: OpenAiChatQuirks,
  warnings: Warning[],
): JsonObject | undefined {
  // Other services have their own name for that field, and their own ways with OpenAI's models.
  const isOpenAi = maxTokensField === "max_completion_tokens";
  if (!isOpenAi || tools.length === 0 || !refusesFunctions(model, reasoning?.effort)) return undefined;
  const message = "sent as none: this model thinks beside functions over Responses only";
  warnings.push({ field: "reasoning.effort", message });
  return { reasoning_effort: "none" };
}

function writeHighOrNone(level: string, warnings: Warning[]): JsonObject {
  const sent = level === "none" || level === "minimal" ? "none" : "high";
  if (sent !== level) {
    warnings.push({ field: "reasoning.effort", message: `sent as ${sent}: this model knows only high and none` });
  }
  return { reasoning_effort: sent };
}

function writeFormat(format: ChatRequest["responseFormat"]): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case "text":
      return { type: "text" };
    case "json":
      return { type: "json_object" };
    case "json-schema": {
      const { name, schema, description, strict } = format;
      return { type: "json_schema", json_schema: defined({ name, schema, description, strict }) };
    }
    default:
      return format satisfies never;
  }
}
