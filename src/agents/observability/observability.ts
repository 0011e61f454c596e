import { createNoopMeter, ProxyTracerProvider } from "@opentelemetry/api";
import { boolean, type Check, callable, exactly } from "../../stream/checks.js";
import type { AgentObserver } from "../../telemetry/agent-observer.js";
import { agentSpans } from "../../telemetry/agent-spans.js";
import { TELEMETRY_OPTIONS, type TelemetryOptions } from "../../telemetry/telemetry.js";
import { type AgentLogEntry, agentLog } from "./agent-log.js";
import { type AuditEntry, auditTrail } from "./audit-trail.js";

/** What of an agent is watched. Each is off unless it is switched on. */
export interface ObservabilityFlags {
  /** Spans of runs, model calls and tools. Default false. */
  enableTracing?: boolean;
  /** Metrics of runs, model calls and tools. Default false. */
  enableMetrics?: boolean;
  /** A structured log, without content. Default false. */
  enableLogging?: boolean;
  /** A trail of prompts, tool calls and answers, scrubbed of personal data. Default false. */
  enableAudit?: boolean;
}

/** Settings of `observability`. */
export interface ObservabilityOptions extends ObservabilityFlags {
  /** For spans and metrics. */
  telemetry?: TelemetryOptions;
  /** Takes the log. Default: lines of JSON on stderr. */
  writeLog?: (entry: AgentLogEntry) => void;
  /** Takes the audit trail. Default: lines of JSON on stderr. */
  writeAudit?: (entry: AuditEntry) => void;
}

/** What may say where it goes. */
export const OBSERVABILITY_PLACES = {
  telemetry: TELEMETRY_OPTIONS,
  writeLog: callable,
  writeAudit: callable,
} satisfies Record<Exclude<keyof ObservabilityOptions, keyof ObservabilityFlags>, Check>;

const checkOptions = exactly("observability", {
  enableTracing: boolean,
  enableMetrics: boolean,
  enableLogging: boolean,
  enableAudit: boolean,
  ...OBSERVABILITY_PLACES,
} satisfies Record<keyof ObservabilityOptions, Check>);

/**
 * The observers that flags switch on, for `observe` of an agent.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, observability } from "sluice/agents";
 *
 * const observe = observability({ enableTracing: true, enableAudit: true });
 * const agent = new Agent({ model: "openai/gpt-5-mini", observe });
 * ```
 */
export function observability(options: ObservabilityOptions = {}): AgentObserver[] {
  checkOptions(options, "");
  const { enableTracing, enableMetrics, enableLogging, enableAudit, telemetry = {}, writeLog, writeAudit } = options;
  const observers: AgentObserver[] = [];
  if (enableTracing || enableMetrics) {
    observers.push(
      agentSpans({
        ...telemetry,
        // One that was never given a delegate records nothing.
        ...(!enableTracing && { tracer: new ProxyTracerProvider().getTracer("off") }),
        ...(!enableMetrics && { meter: createNoopMeter() }),
      }),
    );
  }
  if (enableLogging) observers.push(agentLog(writeLog && { write: writeLog }));
  if (enableAudit) observers.push(auditTrail(writeAudit && { write: writeAudit }));
  return observers;
}
