import type { Batch, BatchSource } from "./batch-source.js";
import type { ChatEvent, NestedEvent } from "./chat-event.js";
import { SluiceError } from "./error.js";
import { nestedKey } from "./nested-key.js";

/** Which inner stream is meant, where several have the same name. */
export interface NestedOptions {
  /** The outer tool call that it runs for. */
  callId?: string;
  /** Counted from 1. Default: the first that is seen. */
  attempt?: number;
}

/** The events of one inner stream. */
export class NestedSource implements BatchSource {
  readonly #outer: BatchSource;
  readonly #from: string;
  readonly #options: NestedOptions;
  #key: string | undefined;

  constructor(outer: BatchSource, from: string, options: NestedOptions) {
    this.#outer = outer;
    this.#from = from;
    this.#options = options;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    for (;;) {
      const pulled = this.#outer.next();
      if (pulled instanceof Promise) return pulled.then((batch) => this.#inner(batch) ?? this.next());
      const inner = this.#inner(pulled);
      if (inner !== undefined) return inner;
    }
  }

  cancel(reason: unknown): void {
    this.#outer.cancel(reason);
  }

  #inner(batch: Batch | undefined): Batch | undefined {
    if (batch === undefined) {
      const { callId } = this.#options;
      const name = callId === undefined ? this.#from : `${this.#from} of call ${callId}`;
      throw this.#key === undefined
        ? new SluiceError("not-found", `the stream ended without an inner stream ${name}`)
        : new SluiceError("truncated", `the stream ended before its inner stream ${name} did`);
    }
    const inner: ChatEvent[] = [];
    for (const event of batch) if (event.type === "nested" && this.#isMeant(event)) inner.push(event.event);
    if (inner.at(-1)?.type === "finish") this.#outer.cancel("the inner stream is over");
    return inner.length === 0 ? undefined : inner;
  }

  #isMeant(event: NestedEvent): boolean {
    if (this.#key !== undefined) return nestedKey(event) === this.#key;
    const { callId = event.callId, attempt = event.attempt } = this.#options;
    if (event.from !== this.#from || event.callId !== callId || event.attempt !== attempt) return false;
    this.#key = nestedKey(event);
    return true;
  }
}
