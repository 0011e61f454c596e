import type { BatchSource } from "../batch-source.js";
import type { Stage } from "../stage.js";
import { stageTransform } from "./stage-transform.js";
import { transform } from "./transform.js";

/** A source with a stage in its way. */
export function staged(source: BatchSource, stage: Stage): BatchSource {
  return transform(source, stageTransform(stage));
}
