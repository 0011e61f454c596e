import type { WireObject } from "../wire-object.js";

/** Where an answer ends: one text, or several. */
export function readStop(body: WireObject): string[] | undefined {
  const stop = body.any("stop");
  return typeof stop === "string" ? [stop] : body.texts("stop");
}
