import type { Batch, BatchSource, Claim } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { type ErrorCode, invalid, SluiceError } from "../stream/error.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { ContinuationPrefix } from "./continuation-prefix.js";

/**
 * What happens when a model fails after its first delta was passed on:
 * - `fail`: the error, with the partial answer;
 * - `retract`: what was said is taken back with a `retract` event and the next model starts over;
 * - `continue`: the next model that accepts a prefix goes on from the words said so far. Where there is none, or where
 *   more than text was said (reasoning, tool calls), it fails.
 */
export type FallbackPolicy = "fail" | "retract" | "continue";

/** Settings of `fallback`. */
export interface FallbackOptions {
  /** Default `fail`. Before the first delta the next model simply answers, whatever the policy. */
  afterFirstDelta?: FallbackPolicy;
  /**
   * For single error codes, whether the next model is tried. By default it is, except for errors that any model would
   * repeat or that the reader caused (`invalid-argument`, `invalid-request`, `cancelled`, `retracted`, `stream-locked`,
   * `protocol`), and those of a guard, which the next model would not have (`blocked`, `guard-failed`).
   */
  rules?: { readonly [code in ErrorCode]?: "next" | "fail" };
  /** Default `fallback(a, b, …)`. */
  id?: string;
}

const FINAL: readonly ErrorCode[] = [
  "invalid-argument",
  "invalid-request",
  "blocked",
  "guard-failed",
  "cancelled",
  "retracted",
  "stream-locked",
  "protocol",
];
const POLICIES: readonly FallbackPolicy[] = ["fail", "retract", "continue"];

/**
 * A model that answers with the first of several that can. Text is never said twice. Each change of model is an event:
 * `{ type: "data", name: "fallback", value: { from, to, code, message } }`, and `start` names the model that answers.
 *
 * @throws {SluiceError} `invalid-argument` for an empty list or an unknown policy.
 */
export function fallback(models: readonly ChatModel[], options: FallbackOptions = {}): ChatModel {
  if (models.length === 0) throw invalid("models", models, "at least one model");
  const { afterFirstDelta: policy = "fail", rules = {} } = options;
  if (!POLICIES.includes(policy)) throw invalid("afterFirstDelta", policy, POLICIES.join(", "));
  return {
    id: options.id ?? `fallback(${models.map((model) => model.id).join(", ")})`,
    stream(request, call = {}) {
      const source = new FallbackSource(models, request, call, policy, rules);
      return new ChatStream(source, { signal: call.signal, retain: call.retain });
    },
  };
}

class FallbackSource implements BatchSource {
  readonly #models: readonly ChatModel[];
  readonly #request: ChatRequest;
  readonly #call: CallOptions;
  readonly #policy: FallbackPolicy;
  readonly #rules: NonNullable<FallbackOptions["rules"]>;
  #index = 0;
  #current: Claim | undefined;
  /** What to say before the next model's first content. */
  #change: ChatEvent | undefined;
  /** Events of the current model that came before its first content: not said until it is known to answer. */
  #held: ChatEvent[] = [];
  /** Whether content of the current model was passed on. */
  #delivered = false;
  readonly #prefix = new ContinuationPrefix();
  /** Tokens of models that failed, and those of them that the reader has not booked through a `retract`. */
  #spent: Usage = {};
  #unbooked: Usage = {};
  #running: Usage = {};
  #failure: SluiceError | undefined;

  constructor(
    models: readonly ChatModel[],
    request: ChatRequest,
    call: CallOptions,
    policy: FallbackPolicy,
    rules: NonNullable<FallbackOptions["rules"]>,
  ) {
    this.#models = models;
    this.#request = request;
    this.#call = call;
    this.#policy = policy;
    this.#rules = rules;
  }

  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        this.#current ??= this.#open();
        const batch = await this.#current.next();
        const out = batch === undefined ? undefined : this.#pass(batch);
        if (out === undefined || out.length > 0) return out;
      } catch (thrown) {
        const retraction = this.#recover(SluiceError.from(thrown));
        if (retraction !== undefined) return retraction;
      }
    }
  }

  cancel(reason: unknown): void {
    this.#current?.cancel(reason);
  }

  #open(): Claim {
    const model = this.#model(this.#index);
    const messages = this.#prefix.continuing
      ? [...this.#request.messages, { role: "assistant" as const, content: this.#prefix.sent }]
      : this.#request.messages;
    // The outer stream listens to the signal and keeps the answer.
    const { signal: _, ...call } = this.#call;
    return model.stream({ ...this.#request, messages }, { ...call, retain: false }).batches();
  }

  #pass(batch: Batch): ChatEvent[] {
    const out: ChatEvent[] = [];
    for (const event of batch) this.#passEvent(event, out);
    return out;
  }

  #passEvent(event: ChatEvent, out: ChatEvent[]): void {
    switch (event.type) {
      case "start":
        // A continued answer has begun already.
        if (!this.#prefix.continuing) this.#held.push(event);
        if (this.#change !== undefined) this.#held.push(this.#change);
        this.#change = undefined;
        return;
      case "usage":
        this.#running = { ...this.#running, ...event.usage };
        this.#say({ ...event, usage: addUsage(this.#unbooked, event.usage) }, out);
        return;
      case "context":
        this.#say(event, out);
        return;
      case "finish":
        this.#release(out);
        out.push({ ...event, usage: addUsage(this.#spent, event.usage) });
        return;
      default: {
        this.#release(out);
        this.#delivered = true;
        const said = this.#prefix.push(event);
        if (said !== undefined) out.push(said);
      }
    }
  }

  #say(event: ChatEvent, out: ChatEvent[]): void {
    if (this.#delivered) out.push(event);
    else this.#held.push(event);
  }

  #release(out: ChatEvent[]): void {
    if (this.#held.length === 0) return;
    out.push(...this.#held);
    this.#held = [];
  }

  /** Goes to the next model. Returns what to say at once, if anything; throws when nothing can be done. */
  #recover(error: SluiceError): Batch | undefined {
    const next = this.#nextIndex(error);
    if (next === undefined) return this.#fail(error);
    const value = {
      from: this.#model(this.#index).id,
      to: this.#model(next).id,
      code: error.code,
      message: error.message,
    };
    this.#change = { type: "data", name: "fallback", value };
    const retracting = this.#delivered && this.#policy === "retract";
    if (this.#delivered && this.#policy === "continue") this.#prefix.begin();
    this.#spent = addUsage(this.#spent, this.#running);
    this.#unbooked = retracting ? {} : addUsage(this.#unbooked, this.#running);
    this.#running = {};
    this.#held = [];
    this.#delivered = false;
    this.#current = undefined;
    this.#index = next;
    return retracting ? [{ type: "retract", reason: `${value.from} failed: ${error.message}` }] : undefined;
  }

  /** The end. What was held back goes out first, so that the error can say what was spent. */
  #fail(error: SluiceError): Batch {
    this.#failure = error;
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) throw error;
    return held;
  }

  /** The model to try next, or `undefined` when the error is the end. */
  #nextIndex(error: SluiceError): number | undefined {
    if ((this.#rules[error.code] ?? (FINAL.includes(error.code) ? "fail" : "next")) === "fail") return undefined;
    const begun = this.#delivered || this.#prefix.continuing;
    if (begun && this.#policy === "fail") return undefined;
    const continuing = begun && this.#policy === "continue";
    if (continuing && !this.#prefix.textOnly) return undefined;
    for (let index = this.#index + 1; index < this.#models.length; index++) {
      if (!continuing || this.#model(index).capabilities?.prefix === true) return index;
    }
    return undefined;
  }

  #model(index: number): ChatModel {
    const model = this.#models[index];
    if (model === undefined) throw new SluiceError("protocol", `fallback has no model ${index}`);
    return model;
  }
}
