export type { CostCounter, Scrub, TelemetryOptions } from "./telemetry.js";
export type { ToolObservation, ToolObserver, ToolRun } from "./tool-spans.js";
export { toolSpans } from "./tool-spans.js";
export { traced } from "./traced.js";
