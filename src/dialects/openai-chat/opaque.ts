import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";

/** The name of this dialect, in `Dialect.name` and in `Opaque.dialect`. */
export const OPENAI_CHAT = "openai-chat";

/** State that the provider wants back: fields of a message or of a call that our events lack. */
export function ownOpaque(data: JsonObject): Opaque {
  return { dialect: OPENAI_CHAT, data };
}

/** The data of a state that is this dialect's own; `undefined` for none and for another provider's. */
export function ownData(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.dialect === OPENAI_CHAT && isJsonObject(opaque.data) ? opaque.data : undefined;
}
