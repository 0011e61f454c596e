import type { TextPart } from "../../stream/message.js";
import type { WireObject } from "../wire-object.js";
import { readCache } from "./cache-control.js";

/** A text block of a request. */
export function readText(block: WireObject): TextPart {
  return { type: "text", text: block.requiredString("text"), ...readCache(block) };
}
