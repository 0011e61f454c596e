import type { JsonValue } from "../../base/json.js";

/** Whether a value means yes: `"false"` and `""` do not, nor do empty lists. */
export function isTrue(value: JsonValue): boolean {
  if (typeof value === "string") return value !== "" && value.toLowerCase() !== "false";
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value);
}
