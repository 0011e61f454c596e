import { SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { Counter, Histogram, Registry } from "prom-client";
import { type Clock, systemClock } from "../../base/clock.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { Peers } from "../../stream/peers.js";
import type { Usage } from "../../stream/usage.js";
import { ATTRIBUTE, OPERATION, OWN, SCOPE } from "../../telemetry/gen-ai-names.js";
import { toApiError } from "../converse/api-error.js";
import type { Report } from "../resources/notice.js";

/** A call of the conversation API, for whoever counts and traces. */
export interface SidecarCall {
  component: string;
  api: "alpha1" | "alpha2";
  streamed: boolean;
  /** Whether there is such a component. A name that a caller made up is no label: there is no end to those. */
  known: boolean;
}

/** One call while it is observed. */
export interface Observation {
  end(stream: ChatStream, usage: Usage): void;
  fail(error: SluiceError): void;
}

const CALL_TAGS = ["app_id", "component", "namespace", "success", "type"] as const;
type CallTag = (typeof CALL_TAGS)[number];

/** Upper bounds of the latencies' buckets, in ms: those of daprd's default distribution that matter for model calls. */
const BUCKETS_MS = [1, 5, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000];

/** Settings of `CallObserver`. */
export interface CallObserverOptions {
  appId: string;
  /** The app's namespace; "" for none. */
  namespace: string;
  /** Called for each call, at the level `debug`. */
  report: Report;
  clock?: Clock;
}

/**
 * Counts and times the calls of the conversation API under the names of daprd's metrics, with the tag `type` and the token
 * counters of its streaming branch, and makes an OpenTelemetry span of each, by the conventions for generative AI
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).
 */
export class CallObserver {
  /** What a scraper of Prometheus reads. */
  readonly registry: Registry;
  readonly #prom: Peers["prom-client"];
  readonly #options: CallObserverOptions;
  readonly #clock: Clock;
  readonly #tracer: Tracer = trace.getTracer(`${SCOPE}.dapr`);
  readonly #count: Counter<CallTag>;
  readonly #latencies: Histogram<CallTag>;
  readonly #firstTokens: Histogram<CallTag>;
  readonly #prompt: Counter<CallTag>;
  readonly #completion: Counter<CallTag>;
  readonly #errors: Counter<"app_id" | "category" | "error_code">;

  /** @throws {SluiceError} `unsupported` where the package `prom-client` is not installed. */
  static async open(options: CallObserverOptions): Promise<CallObserver> {
    return new CallObserver(await loadPeer("prom-client", "the sidecar's metrics"), options);
  }

  private constructor(prom: Peers["prom-client"], options: CallObserverOptions) {
    this.#prom = prom;
    this.registry = new prom.Registry();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const conversation = (name: string) => `dapr_component_conversation_${name}`;
    this.#count = this.#counter(conversation("count"), "Conversations with components.", CALL_TAGS);
    this.#latencies = this.#times(conversation("latencies"), "How long conversations with components took, in ms.");
    this.#firstTokens = this.#times(
      conversation("first_token_latencies"),
      "How long it took to the first token, in ms.",
    );
    this.#prompt = this.#counter(conversation("usage_prompt_tokens"), "Tokens that were sent to models.", CALL_TAGS);
    this.#completion = this.#counter(
      conversation("usage_completion_tokens"),
      "Tokens that models answered with.",
      CALL_TAGS,
    );
    const labels = ["app_id", "category", "error_code"] as const;
    this.#errors = this.#counter("dapr_error_code_total", "Errors by their code.", labels);
  }

  begin(call: SidecarCall): Observation {
    const began = this.#clock.now();
    const { component, api, streamed, known } = call;
    const span = this.#tracer.startSpan(known ? `${OPERATION.chat} ${component}` : OPERATION.chat, {
      kind: SpanKind.SERVER,
      attributes: {
        [ATTRIBUTE.operation]: OPERATION.chat,
        [ATTRIBUTE.provider]: "dapr",
        [OWN.daprComponent]: component,
        [OWN.daprApi]: api,
      },
    });
    const took = (success: boolean): number => {
      if (!known) return 0;
      const ms = this.#clock.now() - began;
      const tags = this.#tags(call, success);
      this.#count.inc(tags);
      this.#latencies.observe(tags, ms);
      return ms;
    };
    return {
      end: (stream, usage) => {
        const tags = this.#tags(call, true);
        const ms = took(true);
        const { ttftMs } = stream.timing;
        if (ttftMs !== undefined) this.#firstTokens.observe(tags, ttftMs);
        this.#prompt.inc(tags, usage.inputTokens ?? 0);
        this.#completion.inc(tags, usage.outputTokens ?? 0);
        if (usage.inputTokens !== undefined) span.setAttribute(ATTRIBUTE.inputTokens, usage.inputTokens);
        if (usage.outputTokens !== undefined) span.setAttribute(ATTRIBUTE.outputTokens, usage.outputTokens);
        span.end();
        const how = streamed ? "streamed" : "answered";
        this.#options.report({
          level: "debug",
          message: `${component}: ${how} through ${api} in ${Math.round(ms)} ms`,
        });
      },
      fail: (error) => {
        took(false);
        const { errorCode } = toApiError(error, component);
        this.#errors.inc({ app_id: this.#options.appId, category: "conversation", error_code: errorCode });
        span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        span.setAttribute(ATTRIBUTE.errorType, error.code);
        span.end();
        this.#options.report({ level: "debug", message: `${component}: failed with ${error.code}: ${error.message}` });
      },
    };
  }

  #tags({ component, streamed }: SidecarCall, success: boolean): Record<CallTag, string> {
    const { appId, namespace } = this.#options;
    const type = streamed ? "streaming" : "non_streaming";
    return { app_id: appId, component, namespace, success: String(success), type };
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new this.#prom.Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #times(name: string, help: string): Histogram<CallTag> {
    const registers = [this.registry];
    return new this.#prom.Histogram({ name, help, labelNames: [...CALL_TAGS], buckets: BUCKETS_MS, registers });
  }
}
