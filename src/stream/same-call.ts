import type { ToolCallPart } from "./message.js";

/** Whether two tool calls ask for the same: servers repeat a call that they have made. */
export function isSameCall(a: Pick<ToolCallPart, "name" | "input">, b: Pick<ToolCallPart, "name" | "input">): boolean {
  return a.name === b.name && JSON.stringify(a.input) === JSON.stringify(b.input);
}
