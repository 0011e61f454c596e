import { defined } from "../../base/defined.js";
import type { JsonObject } from "../../base/json.js";
import { isProviderTool, type ProviderTool, type ToolDefinition } from "../../stream/chat-request.js";

/** A tool as this protocol declares it. */
export function writeDefinition(tool: ToolDefinition | ProviderTool): JsonObject {
  if (isProviderTool(tool)) return defined({ type: tool.type, name: tool.name, ...tool.args });
  const { name, description, inputSchema, strict = false } = tool;
  // Without the field the API holds every schema to its strict form, which not every schema fits.
  return defined({ type: "function", name, description, parameters: inputSchema, strict });
}
