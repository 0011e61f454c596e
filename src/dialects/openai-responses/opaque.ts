import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";

/** The name of this dialect, in `Dialect.name` and in `Opaque.dialect`. */
export const RESPONSES = "openai-responses";

/** State that the provider wants back: an item of its answer, or the fields of a message that our events lack. */
export function ownOpaque(data: JsonObject): Opaque {
  return { dialect: RESPONSES, data };
}

/** The data of a state that is this dialect's own; `undefined` for none and for another provider's. */
export function ownData(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.dialect === RESPONSES && isJsonObject(opaque.data) ? opaque.data : undefined;
}

/** Stands in the ids of items that Sluice made up because the protocol wants one. No provider knows them. */
const INVENTED = "_sluice_";

/** An id for the item at this place of an answer, for example `msg_sluice_0`. */
export function inventedId(prefix: string, index: number): string {
  return `${prefix}${INVENTED}${index}`;
}

/** Whether an item's id was made up here. */
export function isInvented(id: unknown): boolean {
  return typeof id === "string" && id.includes(INVENTED);
}
