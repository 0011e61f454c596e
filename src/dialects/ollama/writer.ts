import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent, FinishEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { ClientCalls } from "../client-calls.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { retractedError } from "../retracted-error.js";
import type { AnswerForm, LineContent } from "./answer-form.js";
import { writeDoneReason } from "./done-reason.js";
import { writeErrorBody } from "./errors.js";
import { writeUsage } from "./usage.js";
import { writeCall } from "./write-call.js";

/** Takes one line of an answer, as an object. */
export type WriteLine = (line: JsonObject) => void;

/** Turns events into the lines of an answer, as objects. */
export class LineWriter {
  readonly #form: AnswerForm;
  readonly #context: WriterContext;
  readonly #clientCalls: ClientCalls;
  #model = "";
  #emitted = false;
  #ended = false;
  #calls = 0;
  #now = Number.NaN;
  #stamp = "";
  /** Ollama's encoding of the conversation, where the answer is its own. */
  #encoded: JsonValue | undefined;

  constructor(form: AnswerForm, context: WriterContext) {
    this.#form = form;
    this.#context = context;
    this.#clientCalls = new ClientCalls(context);
  }

  push(event: ChatEvent, write: WriteLine): void {
    if (this.#ended) return;
    switch (event.type) {
      case "text-delta":
        if (event.text !== "") this.#writeContent({ text: event.text }, write);
        return;
      case "reasoning-delta":
        if (event.text !== "") this.#writeContent({ thinking: event.text }, write);
        return;
      case "tool-call":
        if (!this.#clientCalls.runsElsewhere(event))
          this.#writeContent({ toolCalls: [writeCall(event, this.#calls++)] }, write);
        return;
      case "file":
        if (event.mediaType.startsWith("image/")) this.#writeContent({ images: [encodeBase64(event.data)] }, write);
        return;
      case "data":
        if (event.opaque?.dialect === this.#form.name && isJsonObject(event.opaque.data)) {
          this.#encoded = event.opaque.data.context;
        }
        return;
      case "start":
        this.#model ||= event.model;
        return;
      case "step-start":
        this.#clientCalls.step();
        return;
      case "retract":
        if (this.#emitted) this.fail(retractedError(event), write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "tool-input-delta":
      case "tool-result":
      case "input-request":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "source":
      case "context":
      case "usage":
      case "step-finish":
        return;
      default:
        event satisfies never;
    }
  }

  fail(error: SluiceError, write: WriteLine): void {
    if (this.#ended) return;
    this.#ended = true;
    write(writeErrorBody(error));
  }

  #writeContent(content: LineContent, write: WriteLine): void {
    this.#emitted = true;
    const line = this.#head();
    this.#form.write(line, content);
    line.done = false;
    write(line);
  }

  #finish({ reason, rawReason, usage }: FinishEvent, write: WriteLine): void {
    this.#ended = true;
    const line = this.#head();
    this.#form.write(line, {});
    write({
      ...line,
      done: true,
      done_reason: writeDoneReason(reason, rawReason),
      ...(this.#encoded !== undefined && { context: this.#encoded }),
      ...writeUsage(usage),
    });
  }

  #head(): JsonObject {
    return { model: this.#model || this.#context.model, created_at: this.#time() };
  }

  /** Lines are stamped to the millisecond, and many are written within one. */
  #time(): string {
    const { created } = this.#context;
    const now = created === undefined ? Date.now() : created * 1_000;
    if (now !== this.#now) {
      this.#now = now;
      this.#stamp = new Date(now).toISOString();
    }
    return this.#stamp;
  }
}

/** Writes a streamed answer as NDJSON. */
export class OllamaWriter implements WireWriter {
  readonly #lines: LineWriter;

  constructor(form: AnswerForm, context: WriterContext) {
    this.#lines = new LineWriter(form, context);
  }

  push(event: ChatEvent, write: WriteFrame): void {
    this.#lines.push(event, framed(write));
  }

  /** The line that says done is the end. */
  end(): void {}

  fail(error: SluiceError, write: WriteFrame): void {
    this.#lines.fail(error, framed(write));
  }
}

function framed(write: WriteFrame): WriteLine {
  return (line) => write({ data: JSON.stringify(line) });
}
