import type { JsonObject } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { complaintIn, complaintInText, saysError } from "../complaint.js";
import type { ErrorResponse } from "../dialect.js";
import { plainBody, providerError, statusOf } from "../provider-error.js";

/** The error of an unsuccessful answer, such as 404 `model "x" not found, try pulling it first`. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  return providerError({ message: plainBody(response), ...complaintInText(response.body), status, headers });
}

/** The error that a line says, or `undefined` where it says none. Some versions repeat the status within the line. */
export function errorIn(line: JsonObject): SluiceError | undefined {
  return saysError(line) ? providerError(complaintIn(line)) : undefined;
}

/** An error as Ollama says it, before the answer and in mid-stream. */
export function writeErrorBody(error: SluiceError): JsonObject {
  return { error: error.providerMessage ?? error.message };
}

/** The HTTP answer that says an error. */
export function writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject } {
  const wait = error.retryAfterMs;
  return {
    status: error.status ?? statusOf(error),
    ...(wait !== undefined && { headers: { "retry-after": String(Math.ceil(wait / 1_000)) } }),
    body: writeErrorBody(error),
  };
}
