import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { ErrorCode, SluiceError } from "../../stream/error.js";
import { complaintIn, saysError } from "../complaint.js";
import type { ErrorResponse } from "../dialect.js";
import { type ProviderComplaint, plainBody, providerError } from "../provider-error.js";

/** The error of an unsuccessful answer. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  return complaintError({ message: plainBody(response), status, headers }, parsed(response.body));
}

/** The error that a frame or a body says, or `undefined` where it says none. */
export function errorIn(body: JsonObject): SluiceError | undefined {
  // Gateways say an error without its type; everything else has one.
  const isError = saysError(body) || (body.type === undefined && typeof body.message === "string");
  return isError ? complaintError({}, body) : undefined;
}

/** Anthropic's types of error with their statuses, as https://platform.claude.com/docs/en/api/errors lists them. */
const STATUSES = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

type ErrorType = keyof typeof STATUSES;

/** An error as a body, or as the data of an `error` event. */
export function writeErrorBody(error: SluiceError): JsonObject {
  return {
    type: "error",
    error: { type: typeOf(error.code), message: error.providerMessage ?? error.message },
    request_id: error.requestId ?? null,
  };
}

/** The HTTP answer that says an error. */
export function writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject } {
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1_000));
  if (error.requestId !== undefined) headers["request-id"] = error.requestId;
  return {
    status: STATUSES[typeOf(error.code)],
    ...(Object.keys(headers).length > 0 && { headers }),
    body: writeErrorBody(error),
  };
}

function complaintError(known: ProviderComplaint, body: JsonValue | undefined): SluiceError {
  const error = providerError({
    ...known,
    ...complaintIn(body),
    ...(known.status !== undefined && { status: known.status }),
  });
  return isJsonObject(body) && typeof body.request_id === "string" ? error.with({ requestId: body.request_id }) : error;
}

function typeOf(code: ErrorCode): ErrorType {
  switch (code) {
    case "invalid-argument":
    case "invalid-request":
    case "unsupported":
    case "rejected":
    case "context-length":
      return "invalid_request_error";
    case "authentication":
    case "missing-key":
      return "authentication_error";
    case "quota":
      return "billing_error";
    case "permission":
      return "permission_error";
    case "not-found":
    case "unknown-model":
      return "not_found_error";
    case "rate-limited":
      return "rate_limit_error";
    case "overloaded":
      return "overloaded_error";
    case "connect-timeout":
    case "first-byte-timeout":
    case "idle-timeout":
    case "total-timeout":
      return "timeout_error";
    default:
      return "api_error";
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
