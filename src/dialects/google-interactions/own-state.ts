import type { JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";

/** The name of this dialect, in `ReadingDialect.name` and in `Opaque.dialect`. */
export const GOOGLE_INTERACTIONS = "google-interactions";

/** What a step says beyond our event, under the state's dialect; nothing where there is nothing. */
export function ownState(step: JsonObject, carried: readonly string[]): { opaque?: Opaque } {
  const data = Object.fromEntries(
    Object.entries(step).filter(([key, value]) => value !== null && value !== "" && !carried.includes(key)),
  );
  return Object.keys(data).length > 1 ? { opaque: { dialect: GOOGLE_INTERACTIONS, data } } : {};
}
