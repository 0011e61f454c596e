import type { JsonObject, JsonValue } from "../stream/json.js";

/**
 * A JSON value with each string value changed by `filter`; keys and numbers are left alone. Returns the value itself
 * where nothing changed.
 */
export function filterJson(value: JsonValue, filter: (text: string) => string): JsonValue {
  if (typeof value === "string") return filter(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => filterJson(item, filter));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return filterFields(value, filter);
}

function filterFields(object: JsonObject, filter: (text: string) => string): JsonObject {
  const entries = Object.entries(object);
  const filtered = entries.map(([key, field]) => [key, filterJson(field, filter)] as const);
  return filtered.some(([, field], index) => field !== entries[index]?.[1]) ? Object.fromEntries(filtered) : object;
}
