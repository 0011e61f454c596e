import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";

/** The name of this dialect, in `Dialect.name` and in `Opaque.dialect`. */
export const GEMINI = "gemini";

/** State that Gemini wants back. Its data is a part of a content, without what our events carry of it. */
export function ownOpaque(data: JsonObject): Opaque {
  return { dialect: GEMINI, data };
}

/** The data of a state that is Gemini's own; `undefined` for none and for another provider's. */
export function ownData(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.dialect === GEMINI && isJsonObject(opaque.data) ? opaque.data : undefined;
}

/** The fields of an object that are not listed and not `null`. */
export function otherFields(object: JsonObject, known: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null && !known.includes(key)));
}

/** The value as an object; an empty one if it is not one. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
