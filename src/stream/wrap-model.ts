import { LazyAbort } from "../base/lazy-abort.js";
import type { BatchSource } from "./batch-source.js";
import { checkCallOptions } from "./call-options.js";
import type { ChatEvent, Warning } from "./chat-event.js";
import type { CallOptions, Capabilities, ChatModel } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";
import { ChatStream } from "./chat-stream.js";
import { CAPABILITIES } from "./check-capabilities.js";
import { checkedModel } from "./checked-model.js";
import { boolean, callable, either, exactly, filledString, jsonObject, list, withFields } from "./checks.js";
import { innerSource } from "./inner-source.js";
import { readInto } from "./read-into.js";
import { opened } from "./sources/opened.js";
import { transform } from "./sources/transform.js";
import { validateRequest } from "./validate-request.js";

/** One call of a wrapped model. */
export interface WrappedCall {
  /** The model that is wrapped. */
  readonly model: ChatModel;
  /** What was asked. */
  readonly request: ChatRequest;
  /** How it was asked. */
  readonly options: CallOptions;
  /** Aborted when the reader leaves. */
  readonly signal: AbortSignal;
  /** Adds a warning to the answer's `start`: what was done with the request beside what was asked. */
  warn(warning: Warning): void;
}

/** What stands before a model in one call. */
export interface ModelWrapper {
  /**
   * What the model is asked instead: a request, sent as soon as this one is; or a function, called when the answer is first
   * read. A function may wait, and what it throws ends the stream.
   */
  request?: ChatRequest | ((request: ChatRequest) => ChatRequest | Promise<ChatRequest>);
  /** How the model is asked, where that is not simply once: again, or not at all. Default: `innerSource`. */
  ask?(request: ChatRequest): BatchSource;
  /** What the reader gets instead. The source that it returns cancels the one that it is given. */
  answer?(source: BatchSource): BatchSource;
}

/** What a wrapped model has of its own. Default: all of the model's. */
export interface WrappedModel {
  /** What it is called in events and telemetry. */
  id?: string;
  /** What it can do. */
  capabilities?: Capabilities;
  /** Whether its service may still be asked to compact a history, which what stands before the model does not see. Default true. */
  compacts?: boolean;
}

/**
 * A model with something before it: the same id, capabilities, list of models, compaction and calls within. This is the one way to stand before
 * a model; the outer stream listens to the signal, keeps the answer, and cancels what is inside when its reader leaves.
 *
 * @param wrapper what stands before every call alike, or called for each call, where there is state to keep.
 * @throws {SluiceError} `invalid-argument` for a model or a wrapper that is none.
 * @example
 * ```ts
 * import { type ChatEvent, model } from "sluice";
 * import { wrapModel } from "sluice/models";
 * import { transform } from "sluice/stream";
 *
 * const shout = (event: ChatEvent): ChatEvent =>
 *   event.type === "text-delta" ? { ...event, text: event.text.toUpperCase() } : event;
 * const shouting = wrapModel(model("openai/gpt-5"), {
 *   answer: (source) => transform(source, { push: (batch) => batch.map(shout) }),
 * });
 * ```
 */
export function wrapModel(
  model: ChatModel,
  wrapper: ModelWrapper | ((call: WrappedCall) => ModelWrapper),
  own: WrappedModel = {},
): ChatModel {
  checkedModel(model);
  if (typeof wrapper !== "function") WRAPPER(wrapper, "");
  OWN(own, "");
  const { id = model.id, capabilities = model.capabilities, compacts = true } = own;
  const { list, compact, wrapCalls } = model;
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(list && { list: (options) => list.call(model, options) }),
    ...(compact && compacts && { compact: (request, options) => compact.call(model, request, options) }),
    ...(wrapCalls && { wrapCalls: (wrap) => wrapModel(wrapCalls.call(model, wrap), wrapper, own) }),
    stream(request, options = {}) {
      checkCallOptions(options);
      const source = new Call(model, request, options).source(wrapper);
      return new ChatStream(source, { signal: options.signal, retain: options.retain });
    },
  };
}

const WRAPPER = exactly(
  "wrapModel",
  {
    request: either(
      "a request, or a function that makes one",
      callable,
      withFields("a request", { messages: { required: list("an array of messages", jsonObject) } }),
    ),
    ask: callable,
    answer: callable,
  },
  "wrapper",
);
const OWN = exactly("wrapModel", { id: filledString, capabilities: CAPABILITIES, compacts: boolean }, "own");

class Call implements WrappedCall {
  readonly model: ChatModel;
  readonly request: ChatRequest;
  readonly options: CallOptions;
  readonly #left = new LazyAbort();
  readonly #warnings: Warning[] = [];

  constructor(model: ChatModel, request: ChatRequest, options: CallOptions) {
    this.model = model;
    this.request = request;
    this.options = options;
  }

  get signal(): AbortSignal {
    return this.#left.signal;
  }

  readonly warn = (warning: Warning): void => {
    this.#warnings.push(warning);
  };

  source(wrapper: ModelWrapper | ((call: WrappedCall) => ModelWrapper)): BatchSource {
    const before = typeof wrapper === "function" ? wrapper(this) : wrapper;
    const { request = this.request } = before;
    const inner = (asked: ChatRequest) => this.#answered(asked, before);
    const leave = (reason: unknown) => this.#left.abort(reason);
    if (typeof request !== "function") {
      const source = inner(request);
      return {
        next: () => source.next(),
        nextInto: (taker) => readInto(source, taker),
        passesOn: source,
        cancel(reason) {
          leave(reason);
          source.cancel(reason);
        },
      };
    }
    validateRequest(this.request);
    return opened(() => {
      const asked = request(this.request);
      return asked instanceof Promise ? asked.then(inner) : inner(asked);
    }, leave);
  }

  #answered(request: ChatRequest, wrapper: ModelWrapper): BatchSource {
    const source = wrapper.ask?.(request) ?? innerSource(this.model, request, this.options);
    const warned = this.#warnings.length === 0 ? source : withWarnings(source, this.#warnings);
    try {
      return wrapper.answer?.(warned) ?? warned;
    } catch (thrown) {
      // Nobody would read what was asked for.
      source.cancel(thrown);
      throw thrown;
    }
  }
}

/** A source whose first `start` has more warnings: of options that could not be honoured exactly. */
function withWarnings(source: BatchSource, warnings: readonly Warning[]): BatchSource {
  let missing = true;
  const warned = (event: ChatEvent): ChatEvent => {
    if (event.type !== "start" || !missing) return event;
    missing = false;
    return { ...event, warnings: [...(event.warnings ?? []), ...warnings] };
  };
  return transform(source, { push: (batch) => (missing ? batch.map(warned) : batch) });
}
