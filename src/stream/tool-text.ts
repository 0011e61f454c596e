import type { JsonValue } from "../base/json.js";
import type { ToolCallEvent } from "./chat-event.js";

/** The arguments of a call as text: as JSON, or as the model wrote them if they are not JSON. */
export function inputText({ input, invalid }: Pick<ToolCallEvent, "input" | "invalid">): string {
  return invalid && typeof input === "string" ? input : JSON.stringify(input);
}

/** The result of a tool as text: a text as it is, anything else as JSON. */
export function outputText(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}
