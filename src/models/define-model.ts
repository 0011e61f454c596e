import type { ChatEvent, FinishReason } from "../stream/chat-event.js";
import type { CallOptions, Capabilities, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import type { Usage } from "../stream/usage.js";
import { addUsage, updateUsage } from "../stream/usage.js";
import { validateRequest } from "../stream/validate-request.js";

/** What an author's model yields: text, or events. */
export type ModelOutput = string | ChatEvent;

/** A model of one's own. */
export interface ModelDefinition {
  /** As people name it. */
  id: string;
  /** What it can do. Files of a kind that `input` does not name are refused before it is called. */
  capabilities?: Capabilities;
  /**
   * Answers a request. `start` and `finish` may be left out; without a `finish` the answer ended well when the function
   * returns (`tool-calls` if it called any tool, `stop` otherwise). What it throws ends the stream.
   */
  stream(request: ChatRequest, context: ModelContext): AsyncIterable<ModelOutput> | Iterable<ModelOutput>;
}

/** What an author's model is told beside the request. */
export interface ModelContext {
  /** Aborted as soon as the reader leaves. */
  signal: AbortSignal;
  /** Those of the call, as they were given. */
  options: CallOptions;
}

/** Makes a chat model of a function that yields text or events. */
export function defineModel(definition: ModelDefinition): ChatModel {
  const { id, capabilities } = definition;
  return {
    id,
    ...(capabilities && { capabilities }),
    stream(request, options = {}) {
      validateRequest(request, definition);
      const { signal, retain } = options;
      return ChatStream.from(new Answer(definition, request, options), { signal, retain });
    },
  };
}

/** An author's answer, framed as the laws want it. */
class Answer implements AsyncIterable<ChatEvent> {
  readonly #definition: ModelDefinition;
  readonly #request: ChatRequest;
  readonly #options: CallOptions;

  constructor(definition: ModelDefinition, request: ChatRequest, options: CallOptions) {
    this.#definition = definition;
    this.#request = request;
    this.#options = options;
  }

  [Symbol.asyncIterator](): AsyncIterator<ChatEvent> {
    const left = new AbortController();
    const events = this.#events(left.signal);
    return {
      next: () => events.next(),
      return: () => {
        // The generator may hang in an await: the signal reaches what it waits for.
        left.abort(new Error("the reader left"));
        return events.return(undefined);
      },
    };
  }

  async *#events(signal: AbortSignal): AsyncGenerator<ChatEvent, undefined> {
    const { id } = this.#definition;
    let started = false;
    let reason: FinishReason = "stop";
    let spent: Usage = {};
    let current: Usage = {};
    for await (const said of this.#definition.stream(this.#request, { signal, options: this.#options })) {
      const event: ChatEvent = typeof said === "string" ? { type: "text-delta", text: said } : said;
      if (!started && event.type !== "start") yield { type: "start", id: crypto.randomUUID(), model: id };
      started = true;
      if (event.type === "tool-call" && !event.providerExecuted) reason = "tool-calls";
      if (event.type === "usage") current = updateUsage(current, event.usage);
      if (event.type === "step-finish") {
        spent = addUsage(spent, event.usage);
        current = {};
        reason = event.reason;
      }
      yield event;
      if (event.type === "finish") return;
    }
    if (!started) yield { type: "start", id: crypto.randomUUID(), model: id };
    yield { type: "finish", reason, usage: addUsage(spent, current) };
  }
}
