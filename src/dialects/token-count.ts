import type { JsonValue } from "../base/json.js";

/** A count of tokens as a provider gives it; `undefined` for anything else: a negative number, a fraction, a text. */
export function tokenCount(value: JsonValue | undefined): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
