import type { BatchSource } from "../stream/batch-source.js";
import type { CallContext } from "../stream/call-context.js";
import { SluiceError } from "../stream/error.js";
import { transform } from "../stream/sources/transform.js";
import { Transcript } from "../stream/transcript.js";
import type { AgentHooks } from "./agent-options.js";

/** A run with the hooks that watch it; the same source if there are no hooks. */
export function observed(source: BatchSource, hooks: readonly AgentHooks[], context: CallContext): BatchSource {
  const watching = hooks.filter(({ onEvent, onFinish, onError }) => onEvent ?? onFinish ?? onError);
  if (watching.length === 0) return source;
  const transcript = new Transcript(true);
  let over = false;
  const fail = (thrown: unknown, code?: "cancelled"): void => {
    if (over) return;
    over = true;
    const error = SluiceError.from(thrown, code);
    for (const { onError } of watching) onError?.(error);
  };
  return transform(source, {
    push(batch) {
      for (const event of batch) {
        transcript.push(event);
        for (const { onEvent } of watching) onEvent?.(event);
        if (event.type !== "finish") continue;
        over = true;
        const end = { reason: event.reason, usage: event.usage, text: transcript.text, context };
        for (const { onFinish } of watching) onFinish?.(end);
      }
      return batch;
    },
    fail(thrown) {
      fail(thrown);
      return undefined;
    },
    cancel: (reason) => fail(reason, "cancelled"),
  });
}
