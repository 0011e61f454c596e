import type { Batch, BatchSource } from "../batch-source.js";
import type { ChatEvent, NestedEvent } from "../chat-event.js";
import { exactly, string, wholeNumber } from "../checks.js";
import { SluiceError } from "../error.js";
import { nestedKey } from "../nested-key.js";
import { transform } from "./transform.js";

/** Which inner stream is meant, where several have the same name. */
export interface NestedOptions {
  /** The outer tool call that it runs for. */
  callId?: string;
  /** Counted from 1. Default: the first that is seen. */
  attempt?: number;
}

const OPTIONS = exactly("nested", { callId: string, attempt: wholeNumber(1) });

/** The events of one inner stream. @throws {SluiceError} `invalid-argument` for unknown options. */
export function nestedSource(outer: BatchSource, from: string, options: NestedOptions): BatchSource {
  OPTIONS(options, "");
  let key: string | undefined;
  const isMeant = (event: NestedEvent): boolean => {
    if (key !== undefined) return nestedKey(event) === key;
    const { callId = event.callId, attempt = event.attempt } = options;
    if (event.from !== from || event.callId !== callId || event.attempt !== attempt) return false;
    // An attempt of which nothing was emitted here, and which is void.
    if (event.event.type === "retract") return false;
    key = nestedKey(event);
    return true;
  };
  return transform(outer, {
    push(batch: Batch): Batch {
      const inner: ChatEvent[] = [];
      for (const event of batch) if (event.type === "nested" && isMeant(event)) inner.push(event.event);
      if (batch.at(-1)?.type === "finish" && inner.at(-1)?.type !== "finish") throw missing(from, options, key);
      return inner;
    },
    end: () => {
      throw missing(from, options, key);
    },
  });
}

function missing(from: string, { callId }: NestedOptions, key: string | undefined): SluiceError {
  const name = callId === undefined ? from : `${from} of call ${callId}`;
  return key === undefined
    ? new SluiceError("not-found", `the stream ended without an inner stream ${name}`)
    : new SluiceError("truncated", `the stream ended before its inner stream ${name} did`);
}
