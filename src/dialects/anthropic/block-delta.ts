import type { JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { filledString } from "../filled-string.js";

/** Applies a delta whose meaning is not known: its texts go on with the block's, its other values replace them. */
export function mergeDelta(block: JsonObject, delta: JsonObject): void {
  for (const [key, value] of Object.entries(delta)) {
    if (key === "type" || value === null) continue;
    const before = block[key];
    block[key] = typeof before === "string" && typeof value === "string" ? before + value : value;
  }
}

/** A delta that its block has no use for is handed on, so that nothing is lost. */
export function unknownDelta(delta: JsonObject, emit: Emit): void {
  emit({ type: "data", name: providerData(filledString(delta.type) ?? "content_block_delta"), value: delta });
}
