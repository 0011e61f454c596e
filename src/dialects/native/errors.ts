import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { errorFromJson, errorToJson } from "../../stream/error-json.js";
import type { ErrorResponse } from "../dialect.js";
import { plainBody, providerError, statusOf } from "../provider-error.js";

/** The error of an unsuccessful answer: whole, where it is one of Sluice's. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  try {
    const body = parseJson(response.body);
    if (isJsonObject(body) && isJsonObject(body.error)) return errorFromJson(body.error).with({ status });
  } catch {
    // A proxy in between has answered.
  }
  return providerError({ message: plainBody(response), status, headers });
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
