import type { BatchSource } from "../stream/batch-source.js";
import type { Warning } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { checkedModel } from "../stream/checked-model.js";
import { anything, callable, exactly, filledString } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { type Transform, transform } from "../stream/sources/transform.js";
import { type ModelWrapper, type WrappedCall, wrapModel } from "../stream/wrap-model.js";
import { guardFailed } from "./guard-failed.js";

/** What a guard knows of a call. */
export interface GuardedCall {
  /** The id of the model that is called. */
  readonly model: string;
  /** Aborted as soon as the reader leaves. */
  readonly signal: AbortSignal;
  /** Adds a warning to the answer's `start` event: what was done with the request beside what was asked. */
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
  /**
   * What becomes of the answer's batches; nothing where it passes as it is.
   *
   * @param stop ends the model's answer at once, also while nobody reads.
   */
  answer?(stop: (reason: unknown) => void): Transform | undefined;
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

const GUARD = exactly("a guard", {
  name: { required: filledString },
  begin: { required: callable },
  aroundLoop: anything,
});

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
  checkedModel(model);
  if (guards.length === 0) throw invalid("guards", guards, "at least one guard");
  for (const [index, one] of guards.entries()) GUARD(one, `guards[${index}]`);
  if (model.wrapCalls === undefined) return behind(model, guards);
  const each = guards.flatMap(({ aroundLoop }) => aroundLoop?.each ?? []);
  const whole = guards.flatMap((one) => (one.aroundLoop === undefined ? one : (one.aroundLoop.whole ?? [])));
  const loop = each.length === 0 ? model : model.wrapCalls((inner) => guard(inner, ...each));
  return whole.length === 0 ? loop : behind(loop, whole);
}

function behind(model: ChatModel, guards: readonly Guard[]): ChatModel {
  const wrapper = (call: WrappedCall): ModelWrapper => {
    const guarded: GuardedCall = {
      model: model.id,
      get signal() {
        return call.signal;
      },
      warn: (warning) => call.warn(warning),
    };
    const parts = guards.map((one) => begin(one, guarded));
    return {
      request: (request) => asked(parts, request),
      answer: (source) => parts.reduceRight((inner, part) => answered(part, inner), source),
    };
  };
  // A service that compacts would see what no guard has looked at.
  return wrapModel(model, wrapper, { compacts: false });
}

/** A guard's part in one call. */
interface Part {
  name: string;
  own: CallGuard;
}

function begin(guard: Guard, call: GuardedCall): Part {
  try {
    return { name: guard.name, own: guard.begin(call) };
  } catch (thrown) {
    throw guardFailed(guard.name, thrown);
  }
}

async function asked(parts: readonly Part[], request: ChatRequest): Promise<ChatRequest> {
  let shown = request;
  for (const { name, own } of parts) {
    try {
      if (own.request !== undefined) shown = await own.request(shown);
    } catch (thrown) {
      throw guardFailed(name, thrown);
    }
  }
  return shown;
}

/** What a guard makes of an answer. */
function answered({ name, own }: Part, source: BatchSource): BatchSource {
  try {
    const through = own.answer?.((reason) => source.cancel(reason));
    return through === undefined ? source : transform(source, named(name, through));
  } catch (thrown) {
    source.cancel(thrown);
    throw guardFailed(name, thrown);
  }
}

/** The same, its own failures with the guard's name. */
function named(name: string, through: Transform): Transform {
  const rename = (thrown: unknown): never => {
    throw guardFailed(name, thrown);
  };
  const trying = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      return rename(thrown);
    }
  };
  return {
    push(batch) {
      try {
        const out = through.push(batch);
        return out instanceof Promise ? out.catch(rename) : out;
      } catch (thrown) {
        return rename(thrown);
      }
    },
    ...(through.begin && { begin: () => trying(() => through.begin?.()) }),
    ...(through.pastFinish && { pastFinish: true }),
    ...(through.fail && { fail: (thrown: unknown) => trying(() => through.fail?.(thrown)) }),
    ...(through.end && { end: () => trying(() => through.end?.()) }),
    ...(through.cancel && { cancel: (reason: unknown) => through.cancel?.(reason) }),
  };
}
