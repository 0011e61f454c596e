import type { Batch, BatchSource } from "../batch-source.js";
import type { ChatEvent } from "../chat-event.js";
import type { Stage } from "../stage.js";
import { transform } from "./transform.js";

/** A source with a stage in its way. */
export function staged(source: BatchSource, stage: Stage): BatchSource {
  let out: ChatEvent[] = [];
  let ended = false;
  const emit = (event: ChatEvent): void => {
    out.push(event);
  };
  const end = (): void => {
    if (!ended) stage.end?.(emit);
    ended = true;
  };
  const take = (): Batch => {
    const taken = out;
    out = [];
    return taken;
  };
  return transform(source, {
    push(batch) {
      for (const event of batch) {
        if (event.type === "finish") end();
        stage.push(event, emit);
      }
      return take();
    },
    fail() {
      end();
      return take();
    },
  });
}
