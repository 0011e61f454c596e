import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { ownOpaque } from "./opaque.js";

/**
 * What else an answer has: its container, why it was refused, how the context was edited. Only the container has
 * to come back.
 */
export function emitExtras(object: JsonObject, known: readonly string[], emit: Emit): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null || known.includes(name)) continue;
    if (name === "container" && isJsonObject(value)) {
      emit({ type: "data", name: providerData(name), value, opaque: ownOpaque({ ...value, type: "container" }) });
    } else emit({ type: "data", name: providerData(name), value });
  }
}
