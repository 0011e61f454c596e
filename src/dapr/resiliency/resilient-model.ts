import { type Clock, wait } from "../../base/clock.js";
import type { CircuitBreaker, Outcome } from "../../models/routing/circuit-breaker.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { innerSource } from "../../stream/inner-source.js";
import { type AttemptsPlan, attempts, type FailedAttempt } from "../../stream/sources/attempts.js";
import { transform } from "../../stream/sources/transform.js";
import { type WrappedCall, wrapModel } from "../../stream/wrap-model.js";
import { type ComponentRetry, isRetried, RetryDelays } from "./retry-policy.js";

/** What keeps the calls of one component. */
export interface ComponentPolicy {
  /** How long one attempt may take, to the end of its answer, in ms. */
  timeoutMs?: number;
  retry?: ComponentRetry;
  breaker?: CircuitBreaker;
}

/** What policies need of the world. */
export interface PolicyContext {
  clock: Clock;
  /** From 0 to 1; spreads retries. */
  random: () => number;
}

/**
 * A model whose calls keep a policy, nested as in daprd: the timeout is of one attempt, the circuit breaker sees each
 * attempt, the retry is around both. Nothing is tried again once text, reasoning or tool calls were passed on.
 */
export function resilientModel(model: ChatModel, policy: ComponentPolicy, context: PolicyContext): ChatModel {
  return wrapModel(model, (call) => {
    // A request that is refused is refused at once, and nobody tries it again.
    const first = innerSource(model, call.request, call.options);
    return { ask: () => attempts(new PolicyPlan(call, first, policy, context)) };
  });
}

class PolicyPlan implements AttemptsPlan {
  readonly #call: WrappedCall;
  readonly #policy: ComponentPolicy;
  readonly #context: PolicyContext;
  readonly #delays: RetryDelays | undefined;
  /** The first attempt's answer, which nothing is sent for before it is read. */
  #first: BatchSource | undefined;
  #startedAt = 0;
  /** Books the attempt with the breaker. */
  #book: ((outcome: Outcome) => void) | undefined;
  #disarm: (() => void) | undefined;
  #timedOut: SluiceError | undefined;

  constructor(call: WrappedCall, first: BatchSource, policy: ComponentPolicy, context: PolicyContext) {
    this.#call = call;
    this.#first = first;
    this.#policy = policy;
    this.#context = context;
    this.#delays = policy.retry && new RetryDelays(policy.retry, context.random);
  }

  open(attempt: number): BatchSource {
    const { clock } = this.#context;
    if (attempt === 1) this.#startedAt = clock.now();
    this.#timedOut = undefined;
    this.#book = this.#policy.breaker?.enter();
    const source = this.#first ?? innerSource(this.#call.model, this.#call.request, this.#call.options);
    this.#first = undefined;
    const { timeoutMs } = this.#policy;
    if (timeoutMs !== undefined && timeoutMs > 0) {
      this.#disarm = clock.after(timeoutMs, () => {
        // The words of Go's context, which daprd answers with.
        this.#timedOut = new SluiceError("total-timeout", "context deadline exceeded", { retryable: true });
        source.cancel(this.#timedOut);
      });
    }
    return transform(source, {
      push: (batch) => {
        if (batch.at(-1)?.type === "finish") this.#end("success");
        return batch;
      },
    });
  }

  /** Waits and begins again, or ends. */
  async recover(failure: SluiceError, { opened, delivered }: FailedAttempt): Promise<Batch> {
    const error = this.#timedOut ?? failure;
    this.#end(error.code === "cancelled" ? "abandoned" : "failure");
    const delay = opened && !delivered ? this.#delay(error) : undefined;
    if (delay === undefined) throw error;
    await wait(delay, this.#context.clock, this.#call.signal);
    return [];
  }

  cancel(): void {
    this.#end("abandoned");
  }

  #delay(error: SluiceError): number | undefined {
    const { retry } = this.#policy;
    if (retry === undefined || !isRetried(error, retry)) return undefined;
    return this.#delays?.next(this.#context.clock.now() - this.#startedAt);
  }

  /** The attempt is over: no timer runs for it any longer, and the breaker knows. */
  #end(outcome: Outcome): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#book?.(outcome);
    this.#book = undefined;
  }
}
