import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { ResponseWriter } from "./response-writer.js";
import type { WriteResponseEvent } from "./written-item.js";

/** Writes a streamed response as server-sent events, each named after its type. */
export class ResponsesWriter implements WireWriter {
  readonly #response: ResponseWriter;

  constructor(context: WriterContext) {
    this.#response = new ResponseWriter(context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    this.#response.push(event, framed(write));
  }

  /** The event that completes the response is the end. */
  end(): void {}

  fail(error: SluiceError, write: WriteFrame): void {
    this.#response.fail(error, framed(write));
  }
}

function framed(write: WriteFrame): WriteResponseEvent {
  return (event) => write({ event: event.type, data: JSON.stringify(event) });
}
