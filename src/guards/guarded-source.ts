import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, Warning } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { CallGuard, Guard, GuardedCall } from "./guard.js";
import { guardFailed } from "./guard-failed.js";
import { NamedSource } from "./named-source.js";
import { orLeft } from "./or-left.js";

/** A guard's part in this call. */
interface Part {
  name: string;
  own: CallGuard;
}

/** Shows a request to guards, asks the model, and puts the guards in the way of its answer. */
export class GuardedSource implements BatchSource {
  readonly #model: ChatModel;
  readonly #request: ChatRequest;
  readonly #call: CallOptions;
  readonly #parts: readonly Part[];
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
    this.#parts = guards.map((guard) => begin(guard, guarded));
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
    for (const part of [...this.#parts].reverse()) source = answered(part, source);
    this.#source = source;
    return source.next();
  }

  async #ask(): Promise<ChatRequest> {
    let request = this.#request;
    for (const { name, own } of this.#parts) {
      try {
        if (own.request !== undefined) request = await own.request(request);
      } catch (thrown) {
        throw guardFailed(name, thrown);
      }
    }
    return request;
  }
}

function begin(guard: Guard, call: GuardedCall): Part {
  try {
    return { name: guard.name, own: guard.begin(call) };
  } catch (thrown) {
    throw guardFailed(guard.name, thrown);
  }
}

/** What a guard makes of an answer. One that cannot leaves nobody reading what was asked for. */
function answered({ name, own }: Part, source: BatchSource): BatchSource {
  if (own.answer === undefined) return source;
  try {
    return new NamedSource(own.answer(source), name);
  } catch (thrown) {
    source.cancel(thrown);
    throw guardFailed(name, thrown);
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
