import {
  type Context,
  context as contexts,
  isSpanContextValid,
  type Span,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import type { CallContext } from "../stream/call-context.js";

/** Version 0 of the header: https://www.w3.org/TR/trace-context/#traceparent-header. Newer versions may have more behind it. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

/** A span as a W3C `traceparent` header; `undefined` where nothing is traced. */
function traceParentOf(span: Span): string | undefined {
  const found = span.spanContext();
  if (!isSpanContextValid(found)) return undefined;
  return `00-${found.traceId}-${found.spanId}-${found.traceFlags.toString(16).padStart(2, "0")}`;
}

/** Where a new span hangs: below the one that the call names in `context.trace`, else below the active one. */
export function parentOf(call: CallContext | undefined): Context {
  const active = contexts.active();
  const named = call?.trace === undefined ? undefined : readTraceParent(call.trace);
  return named === undefined ? active : trace.setSpanContext(active, named);
}

/** The call's context for what happens inside a span. */
export function inside(span: Span, call: CallContext | undefined): CallContext | undefined {
  const own = traceParentOf(span);
  return own === undefined ? call : { ...call, trace: own };
}

function readTraceParent(header: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}
