import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { AnswerWriter, type WriteResponse } from "./answer-writer.js";

/** Writes a streamed answer as server-sent events. It ends with the chunk that has the finish reason. */
export class GeminiWriter implements WireWriter {
  readonly #answer: AnswerWriter;

  constructor(context: WriterContext) {
    this.#answer = new AnswerWriter(context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    this.#answer.push(event, framed(write));
  }

  end(): void {}

  fail(error: SluiceError, write: WriteFrame): void {
    this.#answer.fail(error, framed(write));
  }
}

function framed(write: WriteFrame): WriteResponse {
  return (response) => write({ data: JSON.stringify(response) });
}
