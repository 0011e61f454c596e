import type { BatchReader } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { writeError } from "./call-error.js";
import type { PartV4 } from "./language-model.js";
import type { AiSdkPartWriter } from "./part-writer.js";
import { writeUsage } from "./usage.js";

/** How an answer is given to the AI SDK. */
export interface AnswerStreamSettings<Part> {
  /** The events of the model. */
  reader: BatchReader;
  writer: AiSdkPartWriter;
  /** As the caller's version has a part; nothing for one that it is not given. */
  convert: (part: PartV4) => readonly Part[];
  signal: AbortSignal | undefined;
}

/**
 * A model's answer as the parts that the AI SDK reads. It is opened once there is something to read, so that the AI SDK
 * can make a call that fails before that again; a failure after that is a part of its own.
 *
 * Demand goes upstream: the model is read when the AI SDK reads, one batch at a time.
 */
export class AnswerStream<Part> {
  readonly #reader: BatchReader;
  readonly #writer: AiSdkPartWriter;
  readonly #convert: (part: PartV4) => readonly Part[];
  readonly #signal: AbortSignal | undefined;
  #out: Part[] = [];
  #hasContent = false;
  #over = false;
  /** Set when the caller has aborted: its stream ends with the reason, and not with a part. */
  #aborted: { reason: unknown } | undefined;

  constructor({ reader, writer, convert, signal }: AnswerStreamSettings<Part>) {
    this.#reader = reader;
    this.#writer = writer;
    this.#convert = convert;
    this.#signal = signal;
  }

  /** @throws what the AI SDK sees of a call that failed before its first output. */
  async open(): Promise<ReadableStream<Part>> {
    while (!this.#hasContent && !this.#over) await this.#read();
    return new ReadableStream<Part>(
      { pull: (controller) => this.#pull(controller), cancel: (reason) => this.#reader.cancel(reason) },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Part>): Promise<void> {
    while (this.#out.length === 0 && !this.#over) await this.#read();
    for (const part of this.#out) controller.enqueue(part);
    this.#out = [];
    if (this.#aborted !== undefined) controller.error(this.#aborted.reason);
    else if (this.#over) controller.close();
  }

  async #read(): Promise<void> {
    try {
      const batch = await this.#reader.next();
      for (const event of batch ?? []) {
        this.#writer.push(event, this.#write);
        if (event.type === "finish") this.#end();
      }
    } catch (thrown) {
      this.#fail(SluiceError.from(thrown));
    }
  }

  readonly #write = (part: PartV4): void => {
    if (part.type !== "stream-start" && part.type !== "response-metadata" && part.type !== "raw") {
      this.#hasContent = true;
    }
    this.#out.push(...this.#convert(part));
  };

  #fail(error: SluiceError): void {
    this.#end();
    const written = writeError(error, this.#signal);
    if (!this.#hasContent) throw written;
    if (error.code === "cancelled") {
      this.#aborted = { reason: written };
      return;
    }
    this.#write({ type: "error", error: written });
    const usage = writeUsage(error.partial?.usage ?? this.#writer.usage);
    this.#write({ type: "finish", finishReason: { unified: "error", raw: error.code }, usage });
  }

  #end(): void {
    this.#over = true;
    this.#reader.cancel(new Error("the answer is over"));
  }
}
