import { type JsonValue, parseJson } from "../base/json.js";

/** Arguments as a tool call event carries them. */
export interface ToolInput {
  input: JsonValue;
  invalid?: true;
}

/** The arguments of a call; none at all are an empty object, and what is not JSON stays text and is marked. */
export function parseToolInput(text: string): ToolInput {
  if (text.trim() === "") return { input: {} };
  try {
    return { input: parseJson(text) };
  } catch {
    return { input: text, invalid: true };
  }
}
