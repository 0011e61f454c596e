import { type Span, SpanStatusCode } from "@opentelemetry/api";
import type { SluiceError } from "../stream/error.js";
import { ATTRIBUTE } from "./gen-ai-names.js";
import type { Scrub } from "./telemetry.js";

/** Marks a span as failed. Messages of errors quote what was asked and answered: they are content. */
export function failSpan(span: Span, error: SluiceError, content: Scrub | undefined): void {
  span.setAttribute(ATTRIBUTE.errorType, error.code);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: content === undefined ? error.code : scrubbed(error, content),
  });
}

function scrubbed(error: SluiceError, scrub: Scrub): string {
  try {
    return scrub(error.message);
  } catch {
    return error.code;
  }
}
