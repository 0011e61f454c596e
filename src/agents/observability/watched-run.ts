import type { Batch, BatchSource } from "../../stream/batch-source.js";
import { transform } from "../../stream/sources/transform.js";
import type { AgentObservation } from "../../telemetry/agent-observer.js";

/** A run that is watched: read, failed or left, one of which is reported, once. The same source where nobody watches. */
export function watchedRun(source: BatchSource, observation: AgentObservation | undefined): BatchSource {
  if (observation === undefined) return source;
  let over = false;
  const once = (say: () => void) => {
    if (!over) {
      over = true;
      say();
    }
  };
  return transform(source, {
    push(batch: Batch) {
      if (batch[batch.length - 1]?.type === "finish") over = true;
      observation.read?.(batch);
      return batch;
    },
    fail(thrown) {
      once(() => observation.fail?.(thrown));
      return undefined;
    },
    cancel: (reason) => once(() => observation.leave?.(reason)),
  });
}
