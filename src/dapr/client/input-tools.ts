import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import { invalid } from "../../stream/error.js";
import type { Tool } from "../../tools/tool.js";

/** A tool as OpenAI's protocol and Dapr's have it. */
export interface FunctionTool {
  type?: "function";
  /** Its name, description and parameters. */
  function: {
    name: string;
    description?: string;
    /** JSON Schema of an object. Default: no arguments. */
    parameters?: JsonObject;
  };
}

/** What `generate` takes as a tool. It does not run tools: for that, give `client.model()` to an agent or a conversation. */
export type InputTool = ToolDefinition | FunctionTool | Tool;

/** Which tool to call: `auto`, `none`, `required` or the name of one. */
export type InputToolChoice = ToolChoice | string | { type: "function"; function: { name: string } };

/** @throws {SluiceError} `invalid-argument` for what is no tool. */
export function readInputTools(given: readonly InputTool[]): ToolDefinition[] {
  if (!Array.isArray(given)) throw invalid("tools", given, "an array of tools");
  return given.map((tool: unknown, index) => readTool(tool, `tools[${index}]`));
}

function readTool(tool: unknown, path: string): ToolDefinition {
  const allowed = "a tool: { name, inputSchema }, { function: { name, parameters } }, or one made by tool()";
  if (!isJsonObject(tool)) throw invalid(path, tool, allowed);
  if (isJsonObject(tool.definition)) return tool.definition as unknown as ToolDefinition;
  // The model checks the rest of what is its own already.
  if (!isJsonObject(tool.function)) {
    if ("inputSchema" in tool || "dialect" in tool) return tool as unknown as ToolDefinition;
    throw invalid(path, tool, allowed);
  }
  const { name, description, parameters } = tool.function;
  if (typeof name !== "string") throw invalid(`${path}.function.name`, name, "a string");
  if (parameters !== undefined && !isJsonObject(parameters)) {
    throw invalid(`${path}.function.parameters`, parameters, "a JSON Schema of an object");
  }
  return {
    name,
    ...(typeof description === "string" && { description }),
    inputSchema: parameters ?? { type: "object", properties: {} },
  };
}

/** @throws {SluiceError} `invalid-argument` for what is no choice. */
export function readInputToolChoice(given: InputToolChoice): ToolChoice {
  if (given === "auto" || given === "none" || given === "required") return given;
  const name: unknown = typeof given === "string" ? given : nameIn(given);
  if (typeof name !== "string") throw invalid("toolChoice", given, "auto, none, required, or the name of a tool");
  return { name };
}

function nameIn(choice: unknown): unknown {
  if (!isJsonObject(choice)) return undefined;
  return isJsonObject(choice.function) ? choice.function.name : choice.name;
}
