import type { JsonObject } from "../../base/json.js";
import type { FilePart, TextPart } from "../../stream/message.js";
import type { WireObject } from "../wire-object.js";
import { ownData, ownOpaque } from "./opaque.js";

/**
 * Where a client marked the end of what is to be cached, with the part that it stands on: as our hint for models of other
 * protocols, and as it came for one of this.
 */
export function readBreakpoint<P extends TextPart | FilePart>(wire: WireObject, part: P): P {
  const mark = wire.any("prompt_cache_breakpoint");
  return mark === undefined ? part : { ...part, cache: "5m", opaque: ownOpaque({ prompt_cache_breakpoint: mark }) };
}

/** The mark of a part, as it came. */
export function writeBreakpoint({ opaque }: TextPart | FilePart): JsonObject {
  const mark = ownData(opaque)?.prompt_cache_breakpoint;
  return mark === undefined ? {} : { prompt_cache_breakpoint: mark };
}
