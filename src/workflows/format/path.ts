import type { JsonValue } from "../../base/json.js";

/** Names of properties and indexes of items, from the outside in. */
export type FieldPath = readonly string[];

/** `user.tags[0].name` as its parts. */
export function parsePath(text: string): FieldPath {
  return text.split(/[.[\]]+/).filter((part) => part !== "");
}

/** What stands at a path in a value; `undefined` where nothing does. Only a value's own properties are looked at. */
export function valueAt(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return undefined;
    if (Array.isArray(at)) at = /^-?\d+$/.test(part) ? at.at(Number(part)) : part === "length" ? at.length : undefined;
    else at = Object.hasOwn(at, part) ? at[part] : undefined;
  }
  return at;
}
