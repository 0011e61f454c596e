import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { errorFromJson, errorToJson } from "../../stream/error-json.js";
import { complaintInText } from "../complaint.js";
import type { ErrorResponse } from "../dialect.js";
import { plainBody, providerError, statusOf } from "../provider-error.js";
import { retryAfterMs } from "../retry-after.js";

/** The error of an unsuccessful answer: whole, where it is one of Sluice's. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  const whole = wholeError(response.body);
  if (whole !== undefined) {
    const wait = whole.retryAfterMs ?? retryAfterMs(headers);
    return whole.with({ status, ...(wait !== undefined && { retryAfterMs: wait }) });
  }
  // A proxy in between has answered.
  return providerError({ message: plainBody(response), ...complaintInText(response.body), status, headers });
}

function wholeError(text: string): SluiceError | undefined {
  try {
    const body = parseJson(text);
    return isJsonObject(body) && isWholeError(body.error) ? errorFromJson(body.error) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value has what all errors of Sluice have, and those of others do not. */
export function isWholeError(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false;
  return typeof value.code === "string" && typeof value.message === "string" && typeof value.retryable === "boolean";
}

/** An error whole. */
export function writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject } {
  const wait = error.retryAfterMs;
  return {
    status: error.status ?? statusOf(error),
    ...(wait !== undefined && { headers: { "retry-after": String(Math.ceil(wait / 1_000)) } }),
    body: { error: errorToJson(error) },
  };
}
