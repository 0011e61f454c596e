import { type Attributes, type Context, type Span, SpanKind } from "@opentelemetry/api";
import type { Batch } from "../stream/batch-source.js";
import type { CallContext } from "../stream/call-context.js";
import type { FinishEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import type { AgentInvocation, AgentObservation, AgentObserver } from "./agent-observer.js";
import { ATTRIBUTE, FINISH_CUT, OPERATION, OWN, targetOf } from "./gen-ai-names.js";
import { tokensOf } from "./observed-call.js";
import { failSpan } from "./span-status.js";
import { Telemetry, type TelemetryOptions } from "./telemetry.js";
import { type ToolObserver, toolSpans } from "./tool-spans.js";
import { inside, parentOf } from "./trace-parent.js";
import { traced } from "./traced.js";

/**
 * Makes a span `invoke_agent NAME` of each run of an agent, with a span of each model call and each run of a tool inside it, and counts
 * in the metrics how long runs took and how many calls they made, where the conventions have metrics for that. An agent that is another's
 * tool hangs below that tool's span, if it is watched too. Content is recorded as `TelemetryOptions` says: by default none.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { Agent } from "sluice/agents";
 * import { agentSpans } from "sluice/telemetry";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", observe: agentSpans() });
 * ```
 */
export function agentSpans(options: TelemetryOptions = {}): AgentObserver {
  const telemetry = new Telemetry(options);
  const tools = toolSpans(options);
  return {
    model: (model) => traced(model, options),
    // Who asks is active now, and may not be when the answer is read.
    invoke: (invocation) => new AgentSpan(invocation, telemetry, tools, parentOf(invocation.context)),
  };
}

class AgentSpan implements AgentObservation {
  readonly tools: ToolObserver;
  readonly #invocation: AgentInvocation;
  readonly #telemetry: Telemetry;
  readonly #parent: Context;
  readonly #attributes: Attributes;
  #span: Span | undefined;
  #began = 0;
  /** Whether anything of an answer has come. */
  #answering = false;
  #modelCalls = 0;
  #toolCalls = 0;

  constructor(invocation: AgentInvocation, telemetry: Telemetry, tools: ToolObserver, parent: Context) {
    this.#invocation = invocation;
    this.#telemetry = telemetry;
    this.#parent = parent;
    const { provider, model } = targetOf(invocation.model);
    this.#attributes = {
      [ATTRIBUTE.operation]: OPERATION.invokeAgent,
      [ATTRIBUTE.agentName]: invocation.agent,
      [ATTRIBUTE.provider]: provider,
      [ATTRIBUTE.requestModel]: model,
    };
    this.tools = {
      begin: (run) => {
        this.#toolCalls++;
        return tools.begin(run);
      },
    };
  }

  begin(): CallContext | undefined {
    const { agent, description, context } = this.#invocation;
    const attributes = {
      ...this.#attributes,
      ...(description !== undefined && { [ATTRIBUTE.agentDescription]: description }),
      ...(context?.sessionId !== undefined && { [ATTRIBUTE.conversation]: context.sessionId }),
      ...(context?.runId !== undefined && { [OWN.run]: context.runId }),
    };
    const kind = SpanKind.INTERNAL;
    this.#span = this.#telemetry.tracer.startSpan(
      `${OPERATION.invokeAgent} ${agent}`,
      { kind, attributes },
      this.#parent,
    );
    this.#began = this.#telemetry.clock.now();
    return inside(this.#span, context);
  }

  asked(): void {
    this.#modelCalls++;
  }

  read(batch: Batch): void {
    this.#answering = true;
    const last = batch[batch.length - 1];
    if (last?.type === "finish") this.#finish(last);
  }

  fail(thrown: unknown): void {
    const error = SluiceError.from(thrown);
    if (this.#span !== undefined) failSpan(this.#span, error, this.#telemetry.content);
    this.#cut();
    this.#end(error.code);
  }

  leave(reason: unknown): void {
    if (reason instanceof SluiceError && reason.code !== "cancelled") {
      this.fail(reason);
      return;
    }
    this.#span?.setAttribute(OWN.cancelled, true);
    this.#cut();
    this.#end();
  }

  #cut(): void {
    if (this.#answering) this.#span?.setAttribute(ATTRIBUTE.finishReasons, [FINISH_CUT]);
  }

  #finish({ reason, usage }: FinishEvent): void {
    const attributes = tokensOf(usage, this.#telemetry.conventions);
    this.#span?.setAttributes({ [ATTRIBUTE.finishReasons]: [reason], ...attributes });
    if (reason === "input-required") this.#span?.setAttribute(OWN.suspended, true);
    this.#end();
  }

  #end(errorType?: string): void {
    const span = this.#span;
    if (span === undefined) return;
    this.#span = undefined;
    const { agents } = this.#telemetry.instruments;
    const failed = errorType !== undefined && { [ATTRIBUTE.errorType]: errorType };
    const attributes = { ...this.#attributes, ...failed };
    agents?.duration.record((this.#telemetry.clock.now() - this.#began) / 1_000, attributes);
    agents?.modelCalls.record(this.#modelCalls, attributes);
    agents?.toolCalls.record(this.#toolCalls, attributes);
    span.end();
  }
}
