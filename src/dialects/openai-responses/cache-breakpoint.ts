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
  if (mark === undefined) return part;
  return { ...part, cache: "5m", opaque: ownOpaque({ ...ownData(part.opaque), prompt_cache_breakpoint: mark }) };
}

/** What a part has to say in this protocol beside what others can. */
export function ownFields({ opaque }: TextPart | FilePart): JsonObject {
  const { prompt_cache_breakpoint: mark, detail } = ownData(opaque) ?? {};
  return { ...(detail !== undefined && { detail }), ...(mark !== undefined && { prompt_cache_breakpoint: mark }) };
}
