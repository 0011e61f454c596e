import type { Emit } from "../../stream/chat-event.js";
import { envelopeOf, seqAfter } from "../../stream/envelope.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { WireReader } from "../dialect.js";
import { parseFrame } from "../parse-frame.js";

/** Reads the entries of a run. */
export class NativeReader implements WireReader {
  #next: number | undefined;
  #finished = false;

  push(frame: Frame, emit: Emit): void {
    const envelope = envelopeOf(parseFrame(frame.data));
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
