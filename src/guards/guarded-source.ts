import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, Warning } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { CallGuard, Guard } from "./guard.js";
import { orLeft } from "./or-left.js";

/** Shows a request to guards, asks the model, and puts the guards in the way of its answer. */
export class GuardedSource implements BatchSource {
  readonly #model: ChatModel;
  readonly #request: ChatRequest;
  readonly #call: CallOptions;
  readonly #guards: readonly CallGuard[];
  readonly #left = new AbortController();
  #source: BatchSource | undefined;
  #warnings: Warning[] = [];

  constructor(model: ChatModel, guards: readonly Guard[], request: ChatRequest, call: CallOptions) {
    this.#model = model;
    this.#request = request;
    this.#call = call;
    const guarded = {
      model: model.id,
      signal: this.#left.signal,
      warn: (warning: Warning) => void this.#warnings.push(warning),
    };
    this.#guards = guards.map((guard) => guard.begin(guarded));
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    return this.#source === undefined ? this.#open() : this.#source.next();
  }

  cancel(reason: unknown): void {
    this.#left.abort(reason);
    this.#source?.cancel(reason);
  }

  async #open(): Promise<Batch | undefined> {
    const request = await orLeft(this.#ask(), this.#left.signal);
    // The outer stream listens to the signal and keeps the answer.
    const { signal: _, ...call } = this.#call;
    let source: BatchSource = this.#model.stream(request, { ...call, retain: false }).batches();
    if (this.#warnings.length > 0) source = new WarningSource(source, this.#warnings);
    for (let index = this.#guards.length - 1; index >= 0; index--) {
      source = this.#guards[index]?.answer?.(source) ?? source;
    }
    this.#source = source;
    return source.next();
  }

  async #ask(): Promise<ChatRequest> {
    let request = this.#request;
    for (const guard of this.#guards) if (guard.request !== undefined) request = await guard.request(request);
    return request;
  }
}

/** Adds warnings to the first `start`. */
class WarningSource implements BatchSource {
  readonly #source: BatchSource;
  #warnings: readonly Warning[] | undefined;

  constructor(source: BatchSource, warnings: readonly Warning[]) {
    this.#source = source;
    this.#warnings = warnings;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    const pulled = this.#source.next();
    if (this.#warnings === undefined) return pulled;
    return pulled instanceof Promise ? pulled.then((batch) => this.#warn(batch)) : this.#warn(pulled);
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
  }

  #warn(batch: Batch | undefined): Batch | undefined {
    return batch?.map((event): ChatEvent => {
      const warnings = this.#warnings;
      if (event.type !== "start" || warnings === undefined) return event;
      this.#warnings = undefined;
      return { ...event, warnings: [...warnings, ...(event.warnings ?? [])] };
    });
  }
}
