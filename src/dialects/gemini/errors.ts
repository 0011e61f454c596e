import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { complaintIn, complaintInText, saysError } from "../complaint.js";
import type { ErrorResponse } from "../dialect.js";
import { type ProviderComplaint, plainBody, providerError, statusOf } from "../provider-error.js";
import { objectOf } from "./opaque.js";

const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
const QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure";

/** The words of https://cloud.google.com/apis/design/errors for a status. */
const STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The error of an unsuccessful answer. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  const known = { message: plainBody(response), ...complaintInText(response.body), status, headers };
  return complaintError(known, parsed(response.body)?.error);
}

/** The error that a chunk or a body says, or `undefined` where it says none. */
export function errorIn(body: JsonObject): SluiceError | undefined {
  if (!saysError(body)) return undefined;
  const { status: _, ...complaint } = complaintIn(body);
  return complaintError(complaint, body.error);
}

/** An error as a body, or as a chunk in mid-stream: a `google.rpc.Status`. */
export function writeErrorBody(error: SluiceError): JsonObject {
  const code = statusOf(error);
  const details: JsonObject[] = [];
  if (error.code === "quota") details.push({ "@type": ERROR_INFO, reason: "QUOTA_EXCEEDED", domain: "googleapis.com" });
  if (error.retryAfterMs !== undefined) {
    details.push({ "@type": RETRY_INFO, retryDelay: `${error.retryAfterMs / 1_000}s` });
  }
  const message = error.providerMessage ?? error.message;
  const status = STATUSES[code] ?? "INTERNAL";
  return { error: { code, message, status, ...(details.length > 0 && { details }) } };
}

/** The HTTP answer that says an error. */
export function writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject } {
  const wait = error.retryAfterMs;
  return {
    status: statusOf(error),
    ...(wait !== undefined && { headers: { "retry-after": String(Math.ceil(wait / 1_000)) } }),
    body: writeErrorBody(error),
  };
}

function complaintError(known: ProviderComplaint, error: JsonValue | undefined): SluiceError {
  if (!isJsonObject(error)) return providerError(known);
  const complaint: ProviderComplaint = { ...known };
  const details = Array.isArray(error.details) ? error.details.filter(isJsonObject) : [];
  const code = reasonIn(details) ?? error.status;
  if (typeof code === "string") complaint.code = code;
  return providerError(complaint);
}

/** What the details say more exactly than the status: a bad key is an `INVALID_ARGUMENT`, waiting does not help when a day's quota is used up. */
function reasonIn(details: readonly JsonObject[]): string | undefined {
  for (const detail of details) {
    if (detail["@type"] === ERROR_INFO && typeof detail.reason === "string") return detail.reason;
    if (detail["@type"] !== QUOTA_FAILURE || !Array.isArray(detail.violations)) continue;
    const ids = detail.violations.map((violation) => objectOf(violation).quotaId);
    if (ids.some((id) => typeof id === "string" && id.includes("PerDay"))) return "QUOTA_EXCEEDED";
  }
  return undefined;
}

/** Asked for a stream without `alt=sse`, Google puts the body into an array. */
function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    const body = Array.isArray(value) ? value[0] : value;
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
