import type { BatchSource } from "../batch-source.js";
import { Broadcast } from "./broadcast.js";

/** Two readers of one source. @param bound how many events one may be ahead of the other. */
export function teed(source: BatchSource, bound: number): [BatchSource, BatchSource] {
  const shared = new Broadcast(source);
  return [shared.reader({ bound }), shared.reader({ bound })];
}
