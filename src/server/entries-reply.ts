import type { RunReader } from "../runs/run-log.js";
import type { Run } from "../runs/start-run.js";
import { SSE_HEADERS } from "./answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "./call.js";
import { EntryFrames } from "./entry-frames.js";
import { RUN_HEADER } from "./start-served.js";

/** A run's entries as they are in the log, for a client of the native protocol. */
export function entriesReply(call: ServerCall, reader: RunReader, run: string): ServerReply {
  call.onLeave(() => reader.cancel());
  const headers = { ...SSE_HEADERS, [RUN_HEADER]: run };
  return { status: 200, headers, body: new EntryFrames(reader) };
}

/** A run that has begun: its entries, or its id where it is in the background. */
export function begunReply(call: ServerCall, run: Run, background: boolean): ServerReply {
  if (background) return jsonReply({ run: run.id }, 202, { [RUN_HEADER]: run.id });
  return entriesReply(call, run.read(), run.id);
}
