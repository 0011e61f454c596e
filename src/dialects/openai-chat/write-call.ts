import type { JsonObject } from "../../base/json.js";
import type { ToolCallPart } from "../../stream/message.js";
import { inputText } from "../../stream/tool-text.js";
import { ownData } from "./opaque.js";

/** A whole call, as a message has it: of a function, or of a tool that takes plain text. */
export function writeCall(part: Pick<ToolCallPart, "callId" | "name" | "input" | "invalid" | "opaque">): JsonObject {
  const { callId, name, input, opaque } = part;
  if (ownData(opaque)?.type === "custom" && typeof input === "string") {
    return { id: callId, type: "custom", custom: { name, input } };
  }
  // Arguments that were not JSON go back as the text that they were.
  return { id: callId, type: "function", function: { name, arguments: inputText(part) } };
}
