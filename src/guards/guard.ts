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
}

/**
 * The same model behind guards. The first one is the outermost: it sees the request first and the answer last. The guarded
 * model keeps the id and the capabilities of the model.
 *
 * @throws {SluiceError} `invalid-argument` where there is no guard.
 */
export function guard(model: ChatModel, ...guards: readonly Guard[]): ChatModel {
  if (guards.length === 0) throw invalid("guards", guards, "at least one guard");
  const { id, capabilities, list } = model;
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(list && { list: list.bind(model) }),
    stream(request, call = {}) {
      validateRequest(request);
      return new ChatStream(new GuardedSource(model, guards, request, call), {
        signal: call.signal,
        retain: call.retain,
      });
    },
  };
}
