import { type Envelope, endsRun, seqAfter, stringifyEnvelope } from "../../stream/envelope.js";
import type { Frame } from "../../stream/framing/frame.js";

/** An entry as a frame. Its id is the number of its last event: what a client that comes back says it has. */
export function entryFrame(envelope: Envelope): Frame {
  const frame = { id: String(seqAfter(envelope) - 1), data: stringifyEnvelope(envelope) };
  // A client that waits for more need not read the last entry to know that it is.
  return endsRun(envelope) ? { ...frame, event: "end" } : frame;
}
