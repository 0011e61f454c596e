import { entryFrame } from "../dialects/native/entry-frame.js";
import type { RunReader } from "../runs/run-log.js";
import type { Envelope } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { writeSse } from "../stream/framing/write-frame.js";
import type { BodySource } from "./call.js";

/** A run's entries as server-sent events, as they are in the log. */
export class EntryFrames implements BodySource {
  readonly keepAlive = ": keep-alive\n\n";
  readonly #reader: RunReader;
  #over = false;

  constructor(reader: RunReader) {
    this.#reader = reader;
  }

  next(): string | undefined | Promise<string | undefined> {
    if (this.#over) return undefined;
    try {
      const pulled = this.#reader.next();
      return pulled instanceof Promise ? pulled.then(frameOf, this.#fail) : frameOf(pulled);
    } catch (thrown) {
      return this.#fail(thrown);
    }
  }

  cancel(): void {
    this.#over = true;
    this.#reader.cancel();
  }

  /** What cannot be read any more is sent as an error that is no entry, so that it has no number. */
  readonly #fail = (thrown: unknown): string => {
    this.#over = true;
    const data = entryFrame({ run: "unreadable", seq: 0, at: Date.now(), error: SluiceError.from(thrown) }).data;
    return writeSse({ event: "end", data });
  };
}

function frameOf(entry: Envelope | undefined): string | undefined {
  return entry && writeSse(entryFrame(entry));
}
