import type { JsonObject, JsonValue } from "../base/json.js";

/** The longest key that is told to filters, in characters: longer ones name nothing. */
export const LONGEST_KEY = 32;

/** Changes a string of a JSON value, given the key of the field that it is, or is in a list of. */
export type FilterString = (text: string, key: string | undefined) => string;

/**
 * A JSON value with each string value changed by `filter`; keys and numbers are left alone. Returns the value itself
 * where nothing changed.
 */
export function filterJson(value: JsonValue, filter: FilterString, key?: string): JsonValue {
  if (typeof value === "string") return filter(value, key);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => filterJson(item, filter, key));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return filterFields(value, filter);
}

/** A key as filters are told it. */
export function toldKey(key: string): string | undefined {
  return key.length > LONGEST_KEY ? undefined : key;
}

function filterFields(object: JsonObject, filter: FilterString): JsonObject {
  const entries = Object.entries(object);
  const filtered = entries.map(([key, field]) => [key, filterJson(field, filter, toldKey(key))] as const);
  return filtered.some(([, field], index) => field !== entries[index]?.[1]) ? Object.fromEntries(filtered) : object;
}
