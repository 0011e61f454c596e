import type { JsonObject } from "../base/json.js";
import type { SluiceError } from "../stream/error.js";
import { complaintIn, complaintInText, saysError } from "./complaint.js";
import type { ErrorResponse } from "./dialect.js";
import { plainBody, providerError, statusOf } from "./provider-error.js";

/** The error of an unsuccessful answer. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  return providerError({ message: plainBody(response), ...complaintInText(response.body), status, headers });
}

/** The error that stands in a chunk or a body of an answer that began well, or `undefined` if there is none. */
export function errorIn(body: JsonObject): SluiceError | undefined {
  return saysError(body) ? providerError(complaintIn(body)) : undefined;
}

/** The body for an error, as OpenAI writes it. */
export function writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject } {
  const status = error.status ?? statusOf(error);
  const wait = error.retryAfterMs;
  return {
    status,
    ...(wait !== undefined && { headers: { "retry-after": String(Math.ceil(wait / 1_000)) } }),
    body: {
      error: {
        message: error.providerMessage ?? error.message,
        type: typeOf(status),
        param: error.field ?? null,
        code: error.code,
      },
    },
  };
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
