import type { JsonObject, JsonValue } from "../../base/json.js";

/** What the steps of a loop see of where it is. @param as what the loop calls an item. */
export function loopVariables(item: JsonValue, index: number, total: number, as?: JsonValue): JsonObject {
  return {
    ...(typeof as === "string" && { [as]: item }),
    current_item: item,
    item,
    item_index: index,
    index,
    loop_index: index,
    iteration_count: index + 1,
    iteration_context: { iteration_count: index + 1, total_items: total, current_item: item },
  };
}

/** A list, the lines of a text (or its JSON, where it is a list), or the values of an object. */
export function itemsOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null) return Object.values(value);
  if (typeof value !== "string") return value === null ? [] : [value];
  try {
    const parsed: JsonValue = JSON.parse(value);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Not JSON: its lines are meant.
  }
  return value.split(/\r?\n/).filter((line) => line.trim() !== "");
}
