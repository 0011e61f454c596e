import type { JsonObject } from "../../base/json.js";
import type { ChatEvent, FinishEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { clientReason } from "../client-calls.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { retractedError } from "../retracted-error.js";
import { ChunkStream } from "./chunk-stream.js";
import { DeltaWriter } from "./delta-writer.js";
import { writeFinishReason } from "./finish-reason.js";

/**
 * Writes a streamed chat completion: a chunk with the role, a chunk a delta, a chunk with the finish reason, one with the
 * usage if the client asked for it, and `[DONE]`. What a stream says beyond that is in `losses`.
 */
export class OpenAiChatWriter implements WireWriter {
  readonly #stream: ChunkStream;
  readonly #deltas: DeltaWriter;
  /** What all chunks with a delta begin with: it is the same for each token. */
  #head: string | undefined;
  /** Whether the client has content that it cannot take back. */
  #emitted = false;

  constructor(context: WriterContext) {
    this.#stream = new ChunkStream("chat.completion.chunk", context);
    this.#deltas = new DeltaWriter(context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#stream.failed) return;
    switch (event.type) {
      case "finish":
        this.#finish(event, write);
        return;
      case "retract":
        if (this.#emitted) this.fail(retractedError(event), write);
        return;
      case "start":
        if (!this.#stream.begin(event)) return;
        this.#head = undefined;
        this.#delta({ role: "assistant", content: "" }, write);
    }
    this.#deltas.push(event, (delta) => {
      this.#emitted = true;
      this.#delta(delta, write);
    });
  }

  end(write: WriteFrame): void {
    this.#stream.end(write);
  }

  fail(error: SluiceError, write: WriteFrame): void {
    this.#stream.fail(error, write);
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    const word = writeFinishReason(clientReason(reason, this.#deltas.hasCalls));
    this.#stream.finish({ index: 0, delta: {}, logprobs: null, finish_reason: word }, usage, write);
  }

  #delta(delta: JsonObject, write: WriteFrame): void {
    this.#head ??= `${JSON.stringify(this.#stream.chunk([])).slice(0, -2)}{"index":0,"delta":`;
    write({ data: `${this.#head}${JSON.stringify(delta)},"logprobs":null,"finish_reason":null}]}` });
  }
}
