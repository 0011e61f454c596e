import type { JsonObject } from "../base/json.js";
import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, RetractEvent, StartEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { detailsOf, type ErrorCode, SluiceError } from "../stream/error.js";
import { innerSource } from "../stream/inner-source.js";
import { isContent } from "../stream/is-content.js";
import type { ChatMessage } from "../stream/message.js";
import { type AttemptsPlan, attempts, type FailedAttempt } from "../stream/sources/attempts.js";
import { type Transform, transform } from "../stream/sources/transform.js";
import { ContinuationPrefix } from "./continuation-prefix.js";
import type { FallbackOptions, FallbackPolicy } from "./fallback.js";
import { answerUsage, FallbackUsage } from "./fallback-usage.js";

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

/** The events of the first of several models that can answer. */
export function fallbackSource(
  models: readonly ChatModel[],
  request: ChatRequest,
  call: CallOptions,
  settings: FallbackSettings,
): BatchSource {
  const prefix = new ContinuationPrefix();
  const plan = new FallbackPlan(models, request, call, settings, prefix);
  const source = attempts(plan);
  return settings.policy === "continue" ? transform(source, new Continued(prefix, plan)) : source;
}

/** Which model is tried when, and what is emitted of the changes. */
class FallbackPlan implements AttemptsPlan {
  /** How the answer began. */
  begun: StartEvent | undefined;
  readonly #models: readonly ChatModel[];
  readonly #request: ChatRequest;
  readonly #call: CallOptions;
  readonly #settings: FallbackSettings;
  readonly #prefix: ContinuationPrefix;
  readonly #usage = new FallbackUsage();
  readonly #failures: SluiceError[] = [];
  #index = 0;
  /** Changes of models since there was content: the next `start` is followed by them. */
  #changes: JsonObject[] = [];

  constructor(
    models: readonly ChatModel[],
    request: ChatRequest,
    call: CallOptions,
    settings: FallbackSettings,
    prefix: ContinuationPrefix,
  ) {
    this.#models = models;
    this.#request = request;
    this.#call = call;
    this.#settings = settings;
    this.#prefix = prefix;
  }

  open(): BatchSource {
    const prefix = this.#prefix.continuing ? this.#prefix.sent : "";
    const messages = prefix === "" ? this.#request.messages : begunWith(this.#request.messages, prefix);
    return innerSource(this.#model(this.#index), { ...this.#request, messages }, this.#call);
  }

  /** Goes to the next model, or ends with what became of all of them. */
  recover(error: SluiceError, failed: FailedAttempt): Batch {
    const { id } = this.#model(this.#index);
    const next = this.#nextIndex(error, failed);
    if (next === undefined) throw error.code === "cancelled" ? error : withEarlier(error, id, this.#failures);
    const { policy } = this.#settings;
    const retracting = failed.delivered && policy === "retract";
    if (failed.delivered && policy === "continue") this.#prefix.begin();
    this.#usage.failed();
    if (retracting) this.#usage.retracted();
    this.#failures.push(named(error, id));
    this.#changes.push({ from: id, to: this.#model(next).id, code: error.code, message: error.message });
    this.#index = next;
    return retracting ? [{ type: "retract", reason: `${id} failed: ${error.message}` }] : [];
  }

  /** A model's events as the answer has them. Deltas pass as they are. */
  pass(batch: Batch): Batch {
    const out = batch.some(isChanged) ? this.#change(batch) : batch;
    if (this.#changes.length > 0 && batch.some(isContent)) this.#changes = [];
    return out;
  }

  #change(batch: Batch): Batch {
    const out: ChatEvent[] = [];
    for (const event of answerUsage(batch, this.#usage)) {
      if (event.type === "start") this.#start(event, out);
      else out.push(event);
    }
    return out;
  }

  #start(event: StartEvent, out: ChatEvent[]): void {
    const { continuing } = this.#prefix;
    // A continued answer has begun already.
    if (!continuing) {
      this.begun = event;
      out.push(event);
    }
    const { model, simulated, warnings = [] } = event;
    const answering: JsonObject = { model, ...(simulated && { simulated }) };
    if (warnings.length > 0) answering.warnings = warnings.map((warning) => ({ ...warning }));
    for (const [index, change] of this.#changes.entries()) {
      const answers = continuing && index === this.#changes.length - 1;
      out.push({ type: "data", name: "fallback/model", value: answers ? { ...change, ...answering } : change });
    }
  }

  /** The model to try next, or `undefined` when the error is the end. */
  #nextIndex(error: SluiceError, { delivered, stepped }: FailedAttempt): number | undefined {
    const { policy, rules } = this.#settings;
    if ((rules[error.code] ?? (FINAL.includes(error.code) ? "fail" : "next")) === "fail") return undefined;
    const begun = delivered || this.#prefix.continuing;
    if (begun && (policy === "fail" || stepped)) return undefined;
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

/** An answer that several models write one after the other: books it as the next one's prefix, and mends the seams. */
class Continued implements Transform {
  readonly #prefix: ContinuationPrefix;
  readonly #plan: FallbackPlan;
  /** Whether a step is over: what came before it is not taken back. */
  #stepped = false;

  constructor(prefix: ContinuationPrefix, plan: FallbackPlan) {
    this.#prefix = prefix;
    this.#plan = plan;
  }

  push(batch: Batch): Batch {
    const out: ChatEvent[] = [];
    for (const event of batch) {
      if (event.type === "finish") out.push(event);
      else if (event.type === "retract") this.#retract(event, out);
      else {
        if (event.type === "step-finish") this.#stepped = true;
        const passed = this.#prefix.push(event);
        if (passed !== undefined) out.push(passed);
      }
    }
    return out;
  }

  /** The current model takes back what it emitted since its start, or since the start of its step. */
  #retract(event: RetractEvent, out: ChatEvent[]): void {
    out.push(event);
    if (this.#stepped) return;
    const again = this.#prefix.retract();
    const { begun } = this.#plan;
    if (this.#prefix.continuing && begun !== undefined) out.push(begun, ...again);
  }
}

/** Whether an event of a model is another one in the answer. */
function isChanged({ type }: ChatEvent): boolean {
  return type === "start" || type === "usage" || type === "step-finish" || type === "retract" || type === "finish";
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
    ...detailsOf(error),
    retryable,
    model: error.model ?? id,
    cause,
  });
}
