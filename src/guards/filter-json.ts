import type { JsonObject, JsonValue } from "../base/json.js";
import { filterText, type MakeFilter } from "./text-filter.js";

/** The longest key that filters are given as the name of a field, in characters: longer ones name nothing. */
export const LONGEST_KEY = 32;
/** The longest number that is looked at, in characters. */
export const LONGEST_NUMBER = 64;
/** Numbers of fewer digits are nobody's. */
const LEAST_DIGITS = 5;

/** A key that is data and no name: an e-mail address, an IP address, a number, or what stands for one of them. */
const DATA_KEY = /@|＠|%40|&|<[A-Z]|\d.*\d.*\d.*\d/s;

/** Changes a string of a JSON value, given the key of the field that it is, or is in a list of. */
export type FilterString = (text: string, key: string | undefined) => string;

/**
 * A JSON value with its strings changed by `filter`, and with them the numbers and keys that are data themselves: a number
 * whose digits are changed becomes a string. Returns the value itself where nothing changed.
 */
export function filterJson(value: JsonValue, filter: FilterString, key?: string): JsonValue {
  if (typeof value === "string") return filter(value, key);
  if (typeof value === "number") return filterNumber(value, filter, key);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => filterJson(item, filter, key));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return filterFields(value, filter);
}

/** A key as the name of a field, for filters. */
export function shortKey(key: string): string | undefined {
  return key.length > LONGEST_KEY ? undefined : key;
}

/** A key, changed where it is data. */
export function filterKey(key: string, filter: FilterString): string {
  return DATA_KEY.test(key) || key.length > LONGEST_KEY ? filter(key, undefined) : key;
}

/** The keys of one object that were changed: two that become the same stay two. */
export class ChangedKeys {
  readonly #times = new Map<string, number>();

  distinct(key: string): string {
    const times = (this.#times.get(key) ?? 0) + 1;
    this.#times.set(key, times);
    return times === 1 ? key : `${key}_${times}`;
  }
}

/** The text of a number, changed where it may be a telephone's, a card's and the like. */
export function filterDigits(written: string, filter: FilterString, key: string | undefined): string {
  return written.replace(/\D/g, "").length < LEAST_DIGITS ? written : filter(written, key);
}

/** A `FilterString` of a filter for pieces. */
export function stringFilter(make: MakeFilter): FilterString {
  return (text, key) => filterText(make(key), text);
}

function filterNumber(value: number, filter: FilterString, key: string | undefined): number | string {
  const written = String(value);
  const filtered = filterDigits(written, filter, key);
  return filtered === written ? value : filtered;
}

function filterFields(object: JsonObject, filter: FilterString): JsonObject {
  const entries = Object.entries(object);
  const changedKeys = new ChangedKeys();
  const filtered = entries.map(([key, field]) => {
    const filteredKey = filterKey(key, filter);
    const distinct = filteredKey === key ? key : changedKeys.distinct(filteredKey);
    return [distinct, filterJson(field, filter, shortKey(key))] as const;
  });
  const changed = filtered.some(([key, field], index) => key !== entries[index]?.[0] || field !== entries[index]?.[1]);
  return changed ? Object.fromEntries(filtered) : object;
}
