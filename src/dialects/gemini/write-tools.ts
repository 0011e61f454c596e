import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { GEMINI } from "./opaque.js";

/**
 * Tools and which of them to call. Schemas go as JSON Schema, which Google takes beside its own form of it.
 *
 * @throws {SluiceError} `unsupported` for a tool of another provider.
 */
export function writeTools(request: ChatRequest, warnings: Warning[]): JsonObject {
  const { tools = [], parallelToolCalls } = request;
  if (parallelToolCalls === false) {
    warnings.push({ field: "parallelToolCalls", message: "not sent: Gemini decides itself how many tools to call" });
  }
  const own = tools.filter((tool): tool is ToolDefinition => !isProviderTool(tool));
  const wire = [
    ...(own.length > 0 ? [{ functionDeclarations: own.map(writeFunction) }] : []),
    ...tools.flatMap((tool, index): JsonObject[] => {
      if (!isProviderTool(tool)) return [];
      if (tool.dialect === GEMINI) return [{ [tool.type]: tool.args ?? {} }];
      const field = `tools[${index}]`;
      throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind gemini`, { field });
    }),
  ];
  if (own.length === 0 && tools.length > 0 && request.toolChoice !== undefined) {
    warnings.push({ field: "toolChoice", message: "not sent: it is for functions, and Gemini's own tools are none" });
  }
  const calling = writeChoice(request, own);
  return {
    ...(wire.length > 0 && { tools: wire }),
    ...(calling !== undefined && { toolConfig: { functionCallingConfig: calling } }),
  };
}

function writeFunction({ name, description, inputSchema }: ToolDefinition): JsonObject {
  return { name, ...(description !== undefined && { description }), parametersJsonSchema: inputSchema };
}

function writeChoice({ toolChoice }: ChatRequest, tools: readonly ToolDefinition[]): JsonObject | undefined {
  if (tools.length === 0) return undefined;
  switch (toolChoice) {
    case undefined:
    case "auto":
      // Only so are arguments constrained to their schemas; a forced call always is.
      if (tools.some(({ strict }) => strict)) return { mode: "VALIDATED" };
      return toolChoice === undefined ? undefined : { mode: "AUTO" };
    case "none":
      return { mode: "NONE" };
    case "required":
      return { mode: "ANY" };
    default:
      return { mode: "ANY", allowedFunctionNames: [toolChoice.name] };
  }
}
