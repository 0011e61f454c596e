import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { MessageWriter, type WriteMessageEvent } from "./message-writer.js";

/** Writes a streamed message as server-sent events, each named after its type. */
export class AnthropicWriter implements WireWriter {
  readonly #message: MessageWriter;

  constructor(context: WriterContext) {
    this.#message = new MessageWriter(context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    this.#message.push(event, framed(write));
  }

  end(write: WriteFrame): void {
    this.#message.end(framed(write));
  }

  fail(error: SluiceError, write: WriteFrame): void {
    this.#message.fail(error, framed(write));
  }
}

function framed(write: WriteFrame): WriteMessageEvent {
  return (event) => write({ event: event.type, data: JSON.stringify(event) });
}
