import type { JsonObject } from "../../base/json.js";
import type { StartEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import type { Usage } from "../../stream/usage.js";
import type { WriteFrame, WriterContext } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { wantsUsage } from "./read-request.js";
import { writeUsage } from "./usage.js";

/**
 * What streams of chat completions and of text completions share: each chunk names its answer, usage comes in a chunk of
 * its own where the client asked for it, and the end is `[DONE]`, or an error.
 */
export class ChunkStream {
  readonly #object: "chat.completion.chunk" | "text_completion";
  readonly #context: WriterContext;
  readonly #created: number;
  #start: StartEvent | undefined;
  #failed = false;

  constructor(object: "chat.completion.chunk" | "text_completion", context: WriterContext) {
    this.#object = object;
    this.#context = context;
    this.#created = context.created ?? Math.floor(Date.now() / 1_000);
  }

  /** Whether it ended with an error: nothing follows that. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Takes the id and model of an answer.
   *
   * @returns whether this is the first. After a retraction another model begins; the client cannot be informed, and keeps
   *   the first id.
   */
  begin(start: StartEvent): boolean {
    if (this.#start !== undefined) return false;
    this.#start = start;
    return true;
  }

  /** A chunk with these choices. */
  chunk(choices: JsonObject[]): JsonObject {
    const model = this.#start?.model || this.#context.model;
    return { id: this.#start?.id ?? "", object: this.#object, created: this.#created, model, choices };
  }

  /** Writes the chunk with the finish reason, and the one with the usage. */
  finish(choice: JsonObject, usage: Usage, write: WriteFrame): void {
    write({ data: JSON.stringify(this.chunk([choice])) });
    if (wantsUsage(this.#context.request))
      write({ data: JSON.stringify({ ...this.chunk([]), usage: writeUsage(usage) }) });
  }

  end(write: WriteFrame): void {
    if (!this.#failed) write({ data: "[DONE]" });
  }

  fail(error: SluiceError, write: WriteFrame): void {
    if (this.#failed) return;
    this.#failed = true;
    write({ data: JSON.stringify(writeError(error).body) });
  }
}
