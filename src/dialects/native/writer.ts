import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { entryFrame } from "./entry-frame.js";

/** Writes events as entries of a run: each is one, since whoever calls it knows of no others. */
export class NativeWriter implements WireWriter {
  readonly #created: number | undefined;
  #run = "";
  #seq = 0;

  constructor({ created }: WriterContext) {
    this.#created = created;
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (event.type === "start" && this.#run === "") this.#run = event.id || "run";
    write(entryFrame({ ...this.#entry(), events: [event] }));
  }

  end(): void {}

  fail(error: SluiceError, write: WriteFrame): void {
    write(entryFrame({ ...this.#entry(), error }));
  }

  #entry() {
    const at = this.#created === undefined ? Date.now() : this.#created * 1_000;
    return { run: this.#run || "run", seq: this.#seq++, at };
  }
}
