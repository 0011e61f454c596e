import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";

/** The name of this dialect, in `Dialect.name` and in `Opaque.dialect`. */
export const ANTHROPIC = "anthropic";

/** State that Anthropic wants back. Its data is a content block, without the fields that our events carry. */
export function ownOpaque(data: JsonObject): Opaque {
  return { dialect: ANTHROPIC, data };
}

/** The data of a state that is Anthropic's own; `undefined` for none and for another provider's. */
export function ownData(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.dialect === ANTHROPIC && isJsonObject(opaque.data) ? opaque.data : undefined;
}

/** The fields of an object that are not listed and not `null`. */
export function otherFields(object: JsonObject, known: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null && !known.includes(key)));
}
