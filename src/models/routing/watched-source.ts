import type { Batch, BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { isContent } from "../../stream/is-content.js";
import { transform } from "../../stream/sources/transform.js";

/** How a source came to its end. */
export type SourceEnd = { type: "finished" } | { type: "failed"; error: SluiceError } | { type: "left" };

/** Callbacks of a watched source. */
export interface SourceWatch {
  /** Its first content has come. */
  onContent?(): void;
  /** It is over: called once. */
  onEnd(end: SourceEnd): void;
}

/** A source that tells when it begins to say something, and when it is over, whichever way. */
export function watched(source: BatchSource, { onContent, onEnd }: SourceWatch): BatchSource {
  let over = false;
  let silent = true;
  const end = (how: SourceEnd) => {
    if (!over) onEnd(how);
    over = true;
  };
  return transform(source, {
    push(batch: Batch) {
      if (silent && batch.some(isContent)) {
        silent = false;
        onContent?.();
      }
      if (batch[batch.length - 1]?.type === "finish") end({ type: "finished" });
      return batch;
    },
    fail(thrown) {
      const error = SluiceError.from(thrown);
      end(error.code === "cancelled" ? { type: "left" } : { type: "failed", error });
      return undefined;
    },
    cancel: () => end({ type: "left" }),
  });
}
