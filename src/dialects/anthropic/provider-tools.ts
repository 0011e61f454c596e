import type { JsonObject } from "../../base/json.js";
import type { ProviderTool } from "../../stream/chat-request.js";

/** The names of the tools whose name is not their type without its date. */
const NAMES: Readonly<Record<string, string>> = {
  text_editor_20241022: "str_replace_editor",
  text_editor_20250124: "str_replace_editor",
  text_editor_20250429: "str_replace_based_edit_tool",
  text_editor_20250728: "str_replace_based_edit_tool",
};

/** A tool of Anthropic's; the API wants a name for most, and each can have only one. */
export function writeProviderTool({ type, name, args }: ProviderTool): JsonObject {
  const given = name ?? NAMES[type] ?? (type.includes("toolset") ? undefined : type.replace(/_\d{8}$/, ""));
  return { type, ...(given !== undefined && { name: given }), ...args };
}
