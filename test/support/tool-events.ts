import type { JsonObject } from "../../src/base/json.js";
import type { ToolCallEvent, ToolResultEvent } from "../../src/stream/chat-event.js";

/** A complete call of a tool. */
export function call(callId: string, name = "work", input: JsonObject = {}): ToolCallEvent {
  return { type: "tool-call", callId, name, input };
}

/** What a test expects of the result of a call of `work`. */
export function result(callId: string, output: unknown, more: Partial<ToolResultEvent> = {}) {
  return { type: "tool-result", callId, name: "work", output, ...more };
}

/** Lets pending promises and callbacks settle. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
