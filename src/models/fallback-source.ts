import type { JsonObject } from "../base/json.js";
import type { Batch, BatchReader, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, StartEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { type ErrorCode, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { ContinuationPrefix } from "./continuation-prefix.js";
import type { FallbackOptions, FallbackPolicy } from "./fallback.js";
import { FallbackUsage } from "./fallback-usage.js";

/** What happens when a model fails. */
export interface FallbackSettings {
  policy: FallbackPolicy;
  rules: NonNullable<FallbackOptions["rules"]>;
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
/** The name of the event that says that another model answers. */
const CHANGE = "fallback/model";

/** The events of the first of several models that can answer. */
export class FallbackSource implements BatchSource {
  readonly #models: readonly ChatModel[];
  readonly #request: ChatRequest;
  readonly #call: CallOptions;
  readonly #settings: FallbackSettings;
  #index = 0;
  #current: BatchReader | undefined;
  /** What to say of the changes of models before the next one's first content. */
  #changes: JsonObject[] = [];
  /** Events of the current model that came before its first content: not said until it is known to answer. */
  #held: ChatEvent[] = [];
  /** Whether content of the current model was passed on. */
  #delivered = false;
  /** Whether a step of the current model is over: it can neither be taken back nor gone on from. */
  #stepped = false;
  /** How the answer that is being continued began. */
  #begun: StartEvent | undefined;
  readonly #prefix = new ContinuationPrefix();
  readonly #usage = new FallbackUsage();
  readonly #failures: SluiceError[] = [];
  /** What is thrown, once what was held back has been said. */
  #failure: SluiceError | undefined;
  #left = false;

  constructor(models: readonly ChatModel[], request: ChatRequest, call: CallOptions, settings: FallbackSettings) {
    this.#models = models;
    this.#request = request;
    this.#call = call;
    this.#settings = settings;
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
        const said = this.#recover(SluiceError.from(thrown));
        if (said !== undefined) return said;
      }
    }
  }

  cancel(reason: unknown): void {
    this.#left = true;
    this.#current?.cancel(reason);
  }

  #open(): BatchReader {
    const model = this.#model(this.#index);
    const prefix = this.#prefix.continuing ? this.#prefix.sent : "";
    const messages = prefix === "" ? this.#request.messages : begunWith(this.#request.messages, prefix);
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
        this.#start(event, out);
        return;
      case "usage":
        this.#frame({ ...event, usage: this.#usage.running(event.usage) }, out);
        return;
      case "context":
      case "step-start":
        this.#frame(event, out);
        return;
      case "data":
        // A fallback within this one says so before it is known whether any of its models answers.
        if (event.name === CHANGE) this.#frame(event, out);
        else this.#content(event, out);
        return;
      case "step-finish":
        this.#content({ ...event, usage: this.#usage.step(event.usage) }, out);
        this.#stepped = true;
        return;
      case "retract":
        this.#retracted(event, out);
        return;
      case "finish":
        this.#release(out);
        out.push({ ...event, usage: this.#usage.total(event.usage) });
        return;
      default:
        this.#content(event, out);
    }
  }

  #start(event: StartEvent, out: ChatEvent[]): void {
    const continuing = this.#prefix.continuing;
    // A continued answer has begun already.
    if (!continuing) {
      this.#begun = event;
      this.#frame(event, out);
    }
    const { model, simulated, warnings = [] } = event;
    const said: JsonObject = { model, ...(simulated && { simulated }) };
    if (warnings.length > 0) said.warnings = warnings.map((warning) => ({ ...warning }));
    for (const [index, change] of this.#changes.entries()) {
      const answers = continuing && index === this.#changes.length - 1;
      this.#frame({ type: "data", name: CHANGE, value: answers ? { ...change, ...said } : change }, out);
    }
  }

  /** Passes on what is no content: it waits until the current model is known to answer. */
  #frame(event: ChatEvent, out: ChatEvent[]): void {
    if (this.#delivered) this.#say(event, out);
    else this.#held.push(event);
  }

  #content(event: ChatEvent, out: ChatEvent[]): void {
    this.#release(out);
    this.#delivered = true;
    this.#say(event, out);
  }

  #say(event: ChatEvent, out: ChatEvent[]): void {
    const said = this.#settings.policy === "continue" ? this.#prefix.push(event) : event;
    if (said !== undefined) out.push(said);
  }

  #release(out: ChatEvent[]): void {
    if (this.#held.length === 0) return;
    this.#changes = [];
    for (const event of this.#held) this.#say(event, out);
    this.#held = [];
  }

  /** The current model takes back what it said since its start, or since the start of its step. */
  #retracted(event: ChatEvent, out: ChatEvent[]): void {
    this.#release(out);
    out.push(event);
    this.#usage.retracted();
    if (this.#stepped) return;
    this.#delivered = false;
    const again = this.#prefix.retract();
    if (!this.#prefix.continuing || this.#begun === undefined) return;
    out.push(this.#begun, ...again);
  }

  /** Goes to the next model. Returns what to say at once, if anything; throws when nothing can be done. */
  #recover(error: SluiceError): Batch | undefined {
    const { id } = this.#model(this.#index);
    const next = this.#nextIndex(error);
    if (next === undefined) return this.#fail(error, id);
    const change = { from: id, to: this.#model(next).id, code: error.code, message: error.message };
    const { policy } = this.#settings;
    const retracting = this.#delivered && policy === "retract";
    if (this.#delivered && policy === "continue") this.#prefix.begin();
    this.#usage.failed();
    if (retracting) this.#usage.retracted();
    this.#failures.push(named(error, id));
    this.#changes.push(change);
    this.#held = [];
    this.#delivered = false;
    this.#current = undefined;
    this.#index = next;
    return retracting ? [{ type: "retract", reason: `${id} failed: ${error.message}` }] : undefined;
  }

  /** The end. What was held back goes out first, so that the error can say what was spent. */
  #fail(error: SluiceError, id: string): Batch {
    this.#failure = error.code === "cancelled" ? error : withEarlier(error, id, this.#failures);
    const held: ChatEvent[] = [];
    this.#release(held);
    if (held.length === 0) throw this.#failure;
    return held;
  }

  /** The model to try next, or `undefined` when the error is the end. */
  #nextIndex(error: SluiceError): number | undefined {
    const { policy, rules } = this.#settings;
    if (this.#left || (rules[error.code] ?? (FINAL.includes(error.code) ? "fail" : "next")) === "fail")
      return undefined;
    const begun = this.#delivered || this.#prefix.continuing;
    if (begun && (policy === "fail" || this.#stepped)) return undefined;
    const continuing = begun && policy === "continue";
    if (continuing && !this.#prefix.textOnly) return undefined;
    const asking = continuing && this.#prefix.sent !== "";
    for (let index = this.#index + 1; index < this.#models.length; index++) {
      if (!asking || this.#model(index).capabilities?.prefix === true) return index;
    }
    return undefined;
  }

  #model(index: number): ChatModel {
    const model = this.#models[index];
    if (model === undefined) throw new SluiceError("protocol", `fallback has no model ${index}`);
    return model;
  }
}

/** A conversation whose answer has begun with some text. It may have had a beginning before. */
function begunWith(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return [...messages, { role: "assistant", content: text }];
  const content =
    typeof last.content === "string" ? last.content + text : [...last.content, { type: "text" as const, text }];
  return [...messages.slice(0, -1), { ...last, content }];
}

function named(error: SluiceError, model: string): SluiceError {
  return error.model === undefined ? error.with({ model }) : error;
}

/** The last error, which also says what became of the models before. */
function withEarlier(error: SluiceError, id: string, earlier: readonly SluiceError[]): SluiceError {
  if (earlier.length === 0) return error;
  const all = [...earlier, named(error, id)];
  const before = earlier.map(({ model, message }) => `${model}: ${message}`).join("; ");
  const cause = new AggregateError(all, `${all.length} models failed`);
  const retryable = all.some((one) => one.retryable);
  return new SluiceError(error.code, `${error.message} (before it, ${before})`, {
    ...error,
    retryable,
    model: error.model ?? id,
    cause,
  });
}
