import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { Envelope } from "../stream/envelope.js";
import type { RunReader } from "./run-log.js";

/** The events of a run as the source of a `ChatStream`: read from the beginning, it is the stream that was logged. */
export function runSource(reader: RunReader): BatchSource {
  return {
    next() {
      const entry = reader.next();
      return entry instanceof Promise ? entry.then(eventsOf) : eventsOf(entry);
    },
    cancel: () => reader.cancel(),
  };
}

function eventsOf(envelope: Envelope | undefined): Batch | undefined {
  if (envelope === undefined) return undefined;
  if ("error" in envelope) throw envelope.error;
  return envelope.events;
}
