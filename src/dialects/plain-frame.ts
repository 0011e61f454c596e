import { isJsonObject, type JsonObject, parseExactJson } from "../base/json.js";

/** A frame's payload as a JSON object; `undefined` for anything else. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value = parseExactJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether all fields of an object but these are empty. */
export function hasOnly(object: JsonObject, known: readonly string[]): boolean {
  return Object.entries(object).every(([name, value]) => value === null || known.includes(name));
}
