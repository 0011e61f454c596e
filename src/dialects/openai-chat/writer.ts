import type { JsonObject } from "../../base/json.js";
import type { ChatEvent, FinishEvent, StartEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { clientReason } from "../client-calls.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { retractedError } from "../retracted-error.js";
import { DeltaWriter } from "./delta-writer.js";
import { writeFinishReason } from "./finish-reason.js";
import { wantsUsage } from "./read-request.js";
import { writeUsage } from "./usage.js";

/**
 * Writes a streamed chat completion: a chunk with the role, a chunk a delta, a chunk with the finish reason, one with the
 * usage if the client asked for it, and `[DONE]`. What a stream says beyond that is in `losses`.
 */
export class OpenAiChatWriter implements WireWriter {
  readonly #context: WriterContext;
  readonly #created: number;
  readonly #deltas: DeltaWriter;
  #start: StartEvent | undefined;
  /** What all chunks with a delta begin with: it is the same for each token. */
  #head: string | undefined;
  /** Whether the client has content that it cannot take back. */
  #emitted = false;
  #ended = false;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#created = context.created ?? Math.floor(Date.now() / 1_000);
    this.#deltas = new DeltaWriter(context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#ended) return;
    switch (event.type) {
      case "finish":
        this.#finish(event, write);
        return;
      case "retract":
        // What a client of this protocol has seen cannot be taken back; before that, nothing need be.
        if (this.#emitted) this.fail(retractedError(event), write);
        return;
      case "start":
        // After a retraction another model begins; the client cannot be informed, and keeps the first id.
        if (this.#start !== undefined) return;
        this.#start = event;
        this.#head = undefined;
        this.#delta({ role: "assistant", content: "" }, write);
    }
    this.#deltas.push(event, (delta) => {
      this.#emitted = true;
      this.#delta(delta, write);
    });
  }

  end(write: WriteFrame): void {
    if (!this.#ended) write({ data: "[DONE]" });
  }

  fail(error: SluiceError, write: WriteFrame): void {
    if (this.#ended) return;
    this.#ended = true;
    write({ data: JSON.stringify(writeError(error).body) });
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    const word = writeFinishReason(clientReason(reason, this.#deltas.hasCalls));
    const choice = { index: 0, delta: {}, logprobs: null, finish_reason: word };
    write({ data: JSON.stringify({ ...this.#chunk(), choices: [choice] }) });
    if (!wantsUsage(this.#context.request)) return;
    write({ data: JSON.stringify({ ...this.#chunk(), choices: [], usage: writeUsage(usage) }) });
  }

  #delta(delta: JsonObject, write: WriteFrame): void {
    this.#head ??= `${JSON.stringify({ ...this.#chunk(), choices: [] }).slice(0, -2)}{"index":0,"delta":`;
    write({ data: `${this.#head}${JSON.stringify(delta)},"logprobs":null,"finish_reason":null}]}` });
  }

  #chunk(): JsonObject {
    return {
      id: this.#start?.id ?? "",
      object: "chat.completion.chunk",
      created: this.#created,
      model: this.#start?.model || this.#context.model,
    };
  }
}
