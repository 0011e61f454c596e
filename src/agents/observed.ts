import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { CallContext } from "../stream/call-context.js";
import { SluiceError } from "../stream/error.js";
import { Transcript } from "../stream/transcript.js";
import type { AgentHooks } from "./agent-options.js";

/** A run with the hooks that watch it; the same source where there is none. */
export function observed(source: BatchSource, hooks: readonly AgentHooks[], context: CallContext): BatchSource {
  const watching = hooks.filter(({ onEvent, onFinish, onError }) => onEvent ?? onFinish ?? onError);
  return watching.length === 0 ? source : new ObservedSource(source, watching, context);
}

class ObservedSource implements BatchSource {
  readonly #source: BatchSource;
  readonly #hooks: readonly AgentHooks[];
  readonly #context: CallContext;
  readonly #transcript = new Transcript(true);
  #over = false;

  constructor(source: BatchSource, hooks: readonly AgentHooks[], context: CallContext) {
    this.#source = source;
    this.#hooks = hooks;
    this.#context = context;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    try {
      const pulled = this.#source.next();
      return pulled instanceof Promise ? pulled.then(this.#pass, this.#fail) : this.#pass(pulled);
    } catch (thrown) {
      return this.#fail(thrown);
    }
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
    this.#end(SluiceError.from(reason, "cancelled"));
  }

  readonly #pass = (batch: Batch | undefined): Batch | undefined => {
    for (const event of batch ?? []) {
      this.#transcript.push(event);
      for (const { onEvent } of this.#hooks) onEvent?.(event);
      if (event.type !== "finish") continue;
      this.#over = true;
      const end = { reason: event.reason, usage: event.usage, text: this.#transcript.text, context: this.#context };
      for (const { onFinish } of this.#hooks) onFinish?.(end);
    }
    return batch;
  };

  readonly #fail = (thrown: unknown): never => {
    this.#end(SluiceError.from(thrown));
    throw thrown;
  };

  #end(error: SluiceError): void {
    if (this.#over) return;
    this.#over = true;
    for (const { onError } of this.#hooks) onError?.(error);
  }
}
