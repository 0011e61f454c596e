import { isJsonObject, type JsonValue } from "../../base/json.js";

/**
 * Names of the custom tools among the tools that a request declared, as a response repeats them. A custom tool that was
 * not declared is one that the provider runs: xAI says so of the steps of its search
 * (https://docs.x.ai/docs/guides/tools/overview).
 *
 * @returns `undefined` where the tools are not known, or more of them can be found while the model answers.
 */
export function declaredCustomTools(tools: JsonValue | undefined): ReadonlySet<string> | undefined {
  if (!Array.isArray(tools) || tools.length === 0) return undefined;
  const names = new Set<string>();
  for (const tool of tools.filter(isJsonObject)) {
    const { type, name } = tool;
    if (type === "tool_search") return undefined;
    if (type === "custom" && typeof name === "string") names.add(name);
    if (type === "namespace") for (const inner of declaredCustomTools(tool.tools) ?? []) names.add(inner);
  }
  return names;
}
