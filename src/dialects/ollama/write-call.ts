import type { JsonObject } from "../../base/json.js";
import type { ToolCallPart } from "../../stream/message.js";
import { inputObject } from "../tool-input.js";

/** A call as Ollama writes it. Its arguments are an object; any other input is put into one. */
export function writeCall(
  { callId, name, input }: Pick<ToolCallPart, "callId" | "name" | "input">,
  index: number,
): JsonObject {
  return { id: callId, function: { index, name, arguments: inputObject(input) } };
}
