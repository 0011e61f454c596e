import type { BatchSource } from "../stream/batch-source.js";
import type { Warning } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { invalid } from "../stream/error.js";
import { validateRequest } from "../stream/validate-request.js";
import { GuardedSource } from "./guarded-source.js";

/** What a guard is told of a call. */
export interface GuardedCall {
  /** The id of the model that is called. */
  readonly model: string;
  /** Aborted as soon as the reader leaves. */
  readonly signal: AbortSignal;
  /** Says in the answer's `start` event what was done with the request beside what was asked. */
  warn(warning: Warning): void;
}

/** A guard's part in one call; state of the call lives in it. */
export interface CallGuard {
  /**
   * What the provider is asked instead. Called once, before `answer`.
   *
   * @throws {SluiceError} `blocked` when the provider must not be asked at all.
   */
  request?(request: ChatRequest): ChatRequest | Promise<ChatRequest>;
  /** What the reader gets instead. The source that it returns cancels the one that it is given. */
  answer?(source: BatchSource): BatchSource;
}

/** Stands between a model and those who ask it: looks at requests and answers, changes them or ends them. */
export interface Guard {
  /** What its events, warnings and errors call it. */
  readonly name: string;
  /** Called for each call of the model. */
  begin(call: GuardedCall): CallGuard;
  /**
   * How it guards a model that asks another one several times within one stream, as a tool loop does: `each` stands before
   * each of those calls, where results of tools leave and values come back; `whole` before the loop. Default: the guard
   * stands before the loop.
   */
  readonly aroundLoop?: { readonly each?: Guard; readonly whole?: Guard };
}

/**
 * The same model behind guards. The first one is the outermost: it sees the request first and the answer last. The guarded
 * model keeps the id and the capabilities of the model.
 *
 * Before a tool loop (`guard(withTools(model, tools), …)`), guards that look at requests stand before each model call of the
 * loop, so that what tools return passes them as well.
 *
 * @throws {SluiceError} `invalid-argument` where there is no guard.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { guard, pii } from "sluice/guards";
 *
 * const guarded = guard(model("openai/gpt-5"), pii());
 * ```
 */
export function guard(model: ChatModel, ...guards: readonly Guard[]): ChatModel {
  if (guards.length === 0) throw invalid("guards", guards, "at least one guard");
  if (model.wrapCalls === undefined) return behind(model, guards);
  const each = guards.flatMap(({ aroundLoop }) => aroundLoop?.each ?? []);
  const whole = guards.flatMap((one) => (one.aroundLoop === undefined ? one : (one.aroundLoop.whole ?? [])));
  const loop = each.length === 0 ? model : model.wrapCalls((inner) => guard(inner, ...each));
  return whole.length === 0 ? loop : behind(loop, whole);
}

function behind(model: ChatModel, guards: readonly Guard[]): ChatModel {
  const { id, capabilities, list, wrapCalls } = model;
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(list && { list: list.bind(model) }),
    ...(wrapCalls && { wrapCalls: (wrap) => behind(wrapCalls.call(model, wrap), guards) }),
    stream(request, call = {}) {
      validateRequest(request);
      return new ChatStream(new GuardedSource(model, guards, request, call), {
        signal: call.signal,
        retain: call.retain,
      });
    },
  };
}
