import type { JsonObject } from "../../base/json.js";
import type { ChatEvent, FinishEvent, FinishReason } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { clientReason } from "../client-calls.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { writeFinishReason } from "../openai-chat/finish-reason.js";
import { wantsUsage } from "../openai-chat/read-request.js";
import { writeUsage } from "../openai-chat/usage.js";
import { writeError } from "../openai-error.js";
import { retractedError } from "../retracted-error.js";

/** Writes a streamed text completion: a chunk a delta, one with the finish reason, the usage if it was asked for, and `[DONE]`. */
export class CompletionWriter implements WireWriter {
  readonly #context: WriterContext;
  readonly #created: number;
  #id = "";
  #model = "";
  /** Whether the client has content that it cannot take back. */
  #emitted = false;
  #ended = false;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#created = context.created ?? Math.floor(Date.now() / 1_000);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#ended) return;
    // What else an answer has (thoughts, calls, files) this protocol cannot say.
    if (event.type === "text-delta") this.#text(event.text, write);
    else if (event.type === "finish") this.#finish(event, write);
    else if (event.type === "start") {
      this.#id ||= event.id;
      this.#model ||= event.model;
    } else if (event.type === "retract" && this.#emitted) this.fail(retractedError(event), write);
  }

  end(write: WriteFrame): void {
    if (!this.#ended) write({ data: "[DONE]" });
  }

  fail(error: SluiceError, write: WriteFrame): void {
    if (this.#ended) return;
    this.#ended = true;
    write({ data: JSON.stringify(writeError(error).body) });
  }

  #text(text: string, write: WriteFrame): void {
    if (text === "") return;
    this.#emitted = true;
    this.#chunk([completionChoice(text, null)], write);
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    this.#chunk([completionChoice("", completionReason(reason))], write);
    if (wantsUsage(this.#context.request)) this.#chunk([], write, { usage: writeUsage(usage) });
  }

  #chunk(choices: JsonObject[], write: WriteFrame, extra: JsonObject = {}): void {
    const model = this.#model || this.#context.model;
    const chunk = { id: this.#id, object: "text_completion", created: this.#created, model, choices, ...extra };
    write({ data: JSON.stringify(chunk) });
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
