import type { JsonObject, JsonValue } from "../../src/base/json.js";

/** A step that has a value, and the steps after it. */
export function made(id: string, value: JsonValue, outputs: string[] = []): JsonObject {
  return { id, type: "input", config: { value }, outputs };
}

/** The step that gives the workflow's result. */
export function output(inputs: JsonObject, more: JsonObject = {}): JsonObject {
  return { id: "out", type: "output", inputs, ...more };
}
