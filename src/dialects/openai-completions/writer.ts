import type { JsonObject } from "../../base/json.js";
import type { ChatEvent, FinishReason } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { clientReason } from "../client-calls.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { ChunkStream } from "../openai-chat/chunk-stream.js";
import { writeFinishReason } from "../openai-chat/finish-reason.js";
import { retractedError } from "../retracted-error.js";

/** Writes a streamed text completion: a chunk a delta, one with the finish reason, the usage if it was asked for, and `[DONE]`. */
export class CompletionWriter implements WireWriter {
  readonly #stream: ChunkStream;
  /** Whether the client has content that it cannot take back. */
  #emitted = false;

  constructor(context: WriterContext) {
    this.#stream = new ChunkStream("text_completion", context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#stream.failed) return;
    // What else an answer has (thoughts, calls, files) this protocol cannot say.
    if (event.type === "text-delta") this.#text(event.text, write);
    else if (event.type === "start") this.#stream.begin(event);
    else if (event.type === "retract" && this.#emitted) this.fail(retractedError(event), write);
    else if (event.type === "finish") {
      this.#stream.finish(completionChoice("", completionReason(event.reason)), event.usage, write);
    }
  }

  end(write: WriteFrame): void {
    this.#stream.end(write);
  }

  fail(error: SluiceError, write: WriteFrame): void {
    this.#stream.fail(error, write);
  }

  #text(text: string, write: WriteFrame): void {
    if (text === "") return;
    this.#emitted = true;
    write({ data: JSON.stringify(this.#stream.chunk([completionChoice(text, null)])) });
  }
}

/** The protocol's word for a reason: it knows no calls, for which its client could wait. */
export function completionReason(reason: FinishReason): string {
  return writeFinishReason(clientReason(reason, false));
}

/** The only choice of an answer, or of a piece of it. */
export function completionChoice(text: string, reason: string | null): JsonObject {
  return { index: 0, text, logprobs: null, finish_reason: reason };
}
