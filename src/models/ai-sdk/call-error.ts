import { statusOf } from "../../dialects/provider-error.js";
import type { SluiceError } from "../../stream/error.js";

/**
 * The AI SDK knows its errors by these marks and not by their classes, since several versions of it may be loaded
 * (`AISDKError.hasMarker` in `@ai-sdk/provider`).
 */
const ANY_ERROR = Symbol.for("vercel.ai.error");
const CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");

/**
 * A failed call as the AI SDK has it: its `APICallError.isInstance` is true of this, and its own retries go by
 * `isRetryable` and the `retry-after` in `responseHeaders`. The original is its `cause`.
 */
class AiSdkCallError extends Error {
  readonly [ANY_ERROR] = true;
  readonly [CALL_ERROR] = true;
  /** Not known here: transports keep their addresses to themselves. */
  readonly url = "";
  readonly requestBodyValues = {};
  /** The status of the provider's answer, or the one that Sluice would answer with. */
  readonly statusCode: number;
  readonly responseHeaders: Record<string, string>;
  declare readonly responseBody?: string;
  readonly isRetryable: boolean;
  /** Our error's code, and what had arrived before it. */
  readonly data: object;

  constructor(error: SluiceError) {
    super(error.message, { cause: error });
    this.name = "AI_APICallError";
    this.statusCode = error.status ?? statusOf(error);
    this.isRetryable = error.retryable;
    this.responseHeaders = {
      ...(error.retryAfterMs !== undefined && {
        "retry-after-ms": String(error.retryAfterMs),
        "retry-after": String(Math.ceil(error.retryAfterMs / 1_000)),
      }),
      ...(error.requestId !== undefined && { "x-request-id": error.requestId }),
    };
    if (error.providerMessage !== undefined) this.responseBody = error.providerMessage;
    this.data = { code: error.code, providerCode: error.providerCode, partial: error.partial };
  }
}

/**
 * What the AI SDK is to see of an error: the reason of an abort as it was given, an AI SDK provider's own error as it
 * came, and anything else as a failed call.
 */
export function writeError(error: SluiceError, signal: AbortSignal | undefined): unknown {
  if (error.code === "cancelled") {
    return signal?.aborted ? signal.reason : new DOMException("the call was cancelled", "AbortError");
  }
  const { cause } = error;
  const native = typeof cause === "object" && cause !== null && Reflect.get(cause, CALL_ERROR) === true;
  return native ? cause : new AiSdkCallError(error);
}
