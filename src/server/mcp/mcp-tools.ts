import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import { isJsonObject } from "../../base/json.js";
import { descriptionOf } from "../a2a/agent-card.js";
import type { ServedModel } from "../served-models.js";

/** Something that is served, as a tool of MCP. */
export interface McpTool {
  served: ServedModel;
  tool: Tool;
  /** Whether it takes inputs of its own, rather than a message. */
  inputs: boolean;
}

const MESSAGE = { type: "object" as const, properties: { message: { type: "string" } }, required: ["message"] };

/** Agents and workflows as tools by their names; models, where there are neither. */
export function mcpTools(served: readonly ServedModel[]): ReadonlyMap<string, McpTool> {
  const made = served.filter(({ kind }) => kind === "agent" || kind === "workflow");
  const tools = (made.length > 0 ? made : served).map((one) => toolOf(one));
  return new Map(tools.map((one) => [one.tool.name, one]));
}

function toolOf(served: ServedModel): McpTool {
  const { name, kind, model } = served;
  const schema: unknown = "inputSchema" in model ? model.inputSchema : undefined;
  const own = isJsonObject(schema) && schema.type === "object" ? { ...schema, type: "object" as const } : undefined;
  const tool: Tool = {
    // Names of tools have no other characters, and at most 128 (MCP 2025-11-25, tools).
    name: name.replace(/[^\w.-]/g, "_").slice(0, 128),
    title: name,
    description: descriptionOf(model) ?? `Asks the ${kind} ${name}.`,
    inputSchema: own ?? MESSAGE,
  };
  return { served, tool, inputs: own !== undefined };
}
