import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { TelemetryOptions } from "../../src/telemetry/telemetry.js";
import { ManualClock } from "./manual-clock.js";

/** Whatever a process records, by name. */
export function recorder(options: TelemetryOptions = {}) {
  const exporter = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer("test");
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 2_000_000_000 });
  const meter = new MeterProvider({ readers: [reader] }).getMeter("test");
  const clock = new ManualClock();
  return {
    clock,
    options: { tracer, meter, clock, env: {}, ...options },
    spans: () => exporter.getFinishedSpans(),
    async metrics() {
      await reader.forceFlush();
      const found = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return Object.fromEntries(found.map((metric) => [metric.descriptor.name, metric]));
    },
  };
}
