import { type Clock, wait } from "../../base/clock.js";
import type { Batch, BatchReader, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import type { CircuitBreaker, Outcome } from "./circuit-breaker.js";
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
  return {
    ...model,
    stream(request, options = {}) {
      const source = new ResilientSource(model, request, options, policy, context);
      // A request that is refused is refused at once, and nobody tries it again.
      source.open();
      return new ChatStream(source, { signal: options.signal, retain: options.retain });
    },
  };
}

class ResilientSource implements BatchSource {
  readonly #model: ChatModel;
  readonly #request: ChatRequest;
  readonly #options: CallOptions;
  readonly #policy: ComponentPolicy;
  readonly #context: PolicyContext;
  readonly #delays: RetryDelays | undefined;
  readonly #left = new AbortController();
  #opened: ChatStream | undefined;
  #attempt: BatchReader | undefined;
  #startedAt: number | undefined;
  /** Books the attempt with the breaker. */
  #book: ((outcome: Outcome) => void) | undefined;
  #disarm: (() => void) | undefined;
  #timedOut: SluiceError | undefined;
  /** What came before the first content: not said until the attempt is known to answer. */
  #held: ChatEvent[] = [];
  #delivered = false;
  #failure: SluiceError | undefined;

  constructor(
    model: ChatModel,
    request: ChatRequest,
    options: CallOptions,
    policy: ComponentPolicy,
    context: PolicyContext,
  ) {
    this.#model = model;
    this.#request = request;
    this.#options = options;
    this.#policy = policy;
    this.#context = context;
    this.#delays = policy.retry && new RetryDelays(policy.retry, context.random);
  }

  /** Makes the next attempt's stream; nothing is sent before it is read. */
  open(): void {
    // The outer stream listens to the signal and keeps the answer.
    const { signal: _, ...options } = this.#options;
    this.#opened = this.#model.stream(this.#request, { ...options, retain: false });
  }

  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        this.#attempt ??= this.#begin();
        const batch = await this.#attempt.next();
        const out = batch === undefined ? [] : this.#pass(batch);
        if (out.length > 0) return out;
        if (batch === undefined) return undefined;
      } catch (thrown) {
        const held = await this.#recover(this.#timedOut ?? SluiceError.from(thrown));
        if (held !== undefined) return held;
      }
    }
  }

  cancel(reason: unknown): void {
    this.#end("abandoned");
    this.#left.abort(reason);
    this.#attempt?.cancel(reason);
  }

  #begin(): BatchReader {
    const { clock } = this.#context;
    this.#startedAt ??= clock.now();
    this.#timedOut = undefined;
    this.#book = this.#policy.breaker?.enter();
    if (this.#opened === undefined) this.open();
    const attempt = (this.#opened as ChatStream).batches();
    this.#opened = undefined;
    const { timeoutMs } = this.#policy;
    if (timeoutMs !== undefined && timeoutMs > 0) {
      this.#disarm = clock.after(timeoutMs, () => {
        // The words of Go's context, which daprd answers with.
        this.#timedOut = new SluiceError("total-timeout", "context deadline exceeded", { retryable: true });
        attempt.cancel(this.#timedOut);
      });
    }
    return attempt;
  }

  #pass(batch: Batch): Batch {
    const last = batch.at(-1);
    if (last?.type === "finish") this.#end("success");
    if (this.#delivered) return batch;
    const content = batch.findIndex((event) => !isPreamble(event));
    if (content === -1) {
      this.#held.push(...batch);
      return [];
    }
    this.#delivered = true;
    const out = [...this.#held, ...batch];
    this.#held = [];
    return out;
  }

  /** Waits and begins again, or ends. Returns what was held back where the end must be said after it. */
  async #recover(error: SluiceError): Promise<Batch | undefined> {
    const admitted = this.#attempt !== undefined;
    this.#end(error.code === "cancelled" ? "abandoned" : "failure");
    const delay = admitted && !this.#delivered ? this.#delay(error) : undefined;
    if (delay === undefined) return this.#fail(error);
    this.#attempt = undefined;
    this.#held = [];
    try {
      await wait(delay, this.#context.clock, this.#left.signal);
    } catch {
      return this.#fail(error);
    }
    return undefined;
  }

  #delay(error: SluiceError): number | undefined {
    const { retry } = this.#policy;
    if (retry === undefined || !isRetried(error, retry)) return undefined;
    return this.#delays?.next(this.#context.clock.now() - (this.#startedAt ?? 0));
  }

  #fail(error: SluiceError): Batch | undefined {
    this.#failure = error;
    const held = this.#held;
    this.#held = [];
    return held.length > 0 ? held : undefined;
  }

  /** The attempt is over: no timer runs for it any longer, and the breaker knows. */
  #end(outcome: Outcome): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#book?.(outcome);
    this.#book = undefined;
  }
}

/** What may be said of an attempt and still be unsaid. */
function isPreamble(event: ChatEvent): boolean {
  return event.type === "start" || event.type === "usage" || event.type === "context";
}
