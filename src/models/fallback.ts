import { checkCallOptions } from "../stream/call-options.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { exactly, filledString, oneOf } from "../stream/checks.js";
import { ERROR_CODES, type ErrorCode, invalid } from "../stream/error.js";
import { fallbackSource } from "./fallback-source.js";
import { modelOf } from "./model-of.js";
import { sharedCapabilities } from "./shared-capabilities.js";

/**
 * What happens when a model fails after its first delta was passed on:
 * - `fail`: the error, with the partial answer;
 * - `retract`: a `retract` event voids the output and the next model starts over. Where whole steps were
 *   emitted (a model with tools of its own), which cannot be retracted, it fails;
 * - `continue`: the next model that accepts a prefix goes on from the text so far. If there is none, or where
 *   more than text was emitted (reasoning, tool calls), it fails.
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

const POLICIES: readonly FallbackPolicy[] = ["fail", "retract", "continue"];

/** The checks of the options, for models that have them among others. */
export const FALLBACK_FIELDS = {
  afterFirstDelta: oneOf(...POLICIES),
  rules: exactly("rules", Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, oneOf("next", "fail")]))),
  id: filledString,
};

const OPTIONS = exactly("fallback", FALLBACK_FIELDS);

/**
 * A model that answers with the first of several that can. Text is never emitted twice. Each change of model is an event:
 * `{ type: "data", name: "fallback/model", value: { from, to, code, message } }`, and `start` names the model that answers. An
 * answer that goes on has no second `start`: the event then has its `model` too, and its `warnings` and `simulated`.
 *
 * When the last one fails, its error is thrown; where others failed before it, the message names them all, and `cause` is
 * an `AggregateError` with each error. It is retryable where one of them is.
 *
 * @param given models, or their names as `model()` takes them.
 * @throws {SluiceError} `invalid-argument` for an empty list, an unknown policy or an unknown rule.
 * @example
 * ```ts
 * import { fallback, stream } from "sluice";
 *
 * const safe = fallback(["openai/gpt-5", "anthropic/claude-sonnet-4-5"], { afterFirstDelta: "retract" });
 * for await (const event of stream(safe, "Hi")) console.log(event.type);
 * ```
 */
export function fallback(given: readonly (ChatModel | string)[], options: FallbackOptions = {}): ChatModel {
  if (!Array.isArray(given) || given.length === 0) throw invalid("models", given, "a list of at least one model");
  const models = given.map((one, index) => modelOf(one, `models[${index}]`));
  OPTIONS(options, "");
  const { afterFirstDelta: policy = "fail", rules = {} } = options;
  const id = options.id ?? `fallback(${models.map((model) => model.id).join(", ")})`;
  return {
    id,
    capabilities: sharedCapabilities(models),
    ...(models.some(({ wrapCalls }) => wrapCalls !== undefined) && {
      wrapCalls: (wrap: (model: ChatModel) => ChatModel) =>
        fallback(
          models.map((model) => model.wrapCalls?.(wrap) ?? wrap(model)),
          { ...options, id },
        ),
    }),
    stream(request, call = {}) {
      checkCallOptions(call);
      const source = fallbackSource(models, request, call, { policy, rules });
      return new ChatStream(source, { signal: call.signal, retain: call.retain });
    },
  };
}
