import type { JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { envelopeOf, seqAfter } from "../../stream/envelope.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { WireReader } from "../dialect.js";
import { parseEvent } from "../parse-frame.js";
import { StrayFrames } from "../stray-frames.js";
import { isWholeError } from "./errors.js";

/** Reads the entries of a run. */
export class NativeReader implements WireReader {
  #next: number | undefined;
  readonly #strays = new StrayFrames("native");
  #finished = false;

  push(frame: Frame, emit: Emit): void {
    if (this.#finished) return;
    const value = parseEvent(frame);
    if (Object.keys(value).length === 0) return;
    if (!isEntry(value)) this.#strays.refuse(value, frame);
    const envelope = envelopeOf(value);
    if ("error" in envelope) throw envelope.error;
    if (this.#next !== undefined && envelope.seq !== this.#next) {
      const message = `an entry is missing: expected event ${this.#next}, found ${envelope.seq}`;
      throw new SluiceError("truncated", message, { retryable: true, frame: frame.data.slice(0, 500) });
    }
    this.#next = seqAfter(envelope);
    for (const event of envelope.events) {
      if (event.type === "finish") this.#finished = true;
      emit(event);
    }
  }

  end(): void {
    if (!this.#finished)
      throw new SluiceError("truncated", "the run's entries ended without its end", { retryable: true });
  }
}

function isEntry({ run, seq, events, error }: JsonObject): boolean {
  if (run === undefined && seq === undefined) return false;
  return events !== undefined || isWholeError(error);
}
