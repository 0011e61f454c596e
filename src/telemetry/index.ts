export type { AgentInvocation, AgentObservation, AgentObserver } from "./agent-observer.js";
export { agentSpans } from "./agent-spans.js";
export type { CostCounter, Scrub, TelemetryOptions } from "./telemetry.js";
export type { ToolObservation, ToolObserver, ToolRun } from "./tool-spans.js";
export { toolSpans } from "./tool-spans.js";
export { traced } from "./traced.js";
