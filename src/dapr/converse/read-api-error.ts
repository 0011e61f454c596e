import { isJsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { ErrorResponse } from "../../dialects/dialect.js";
import { plainBody, providerError } from "../../dialects/provider-error.js";
import { type ErrorCode, SluiceError } from "../../stream/error.js";
import { ComponentFailure, readErrorDetails } from "./error-detail.js";

/** What is answered to an unknown call: by a Sluice sidecar, and by daprd, which takes it for one of an application. */
const UNKNOWN_CALL = ["ERR_NOT_FOUND", "ERR_DIRECT_INVOKE"];

/**
 * The error of an HTTP answer that is not a success. A route that the sidecar does not have is `unsupported`: an older one
 * may speak another version of the API.
 */
export function readHttpError(response: ErrorResponse): SluiceError {
  const { status, body } = response;
  const json = parsed(body);
  const errorCode = isJsonObject(json) && typeof json.errorCode === "string" ? json.errorCode : undefined;
  const isUnknown = errorCode !== undefined && UNKNOWN_CALL.includes(errorCode);
  if (isJsonObject(json) && errorCode !== undefined && !(isUnknown && status === 404)) {
    return readErrorBody(json, status);
  }
  const message = isJsonObject(json) && typeof json.message === "string" ? json.message : plainBody(response);
  if (status === 404 || status === 405 || status === 501) return unknownCall(message ?? `HTTP ${status}`, status);
  return providerError({ message, status, headers: response.headers });
}

/** The error that an error body says. */
export function readErrorBody(body: JsonValue, status: number | undefined): SluiceError {
  if (!isJsonObject(body)) return providerError({ message: JSON.stringify(body), status });
  const { errorCode, message, details } = body;
  const text = typeof message === "string" ? message : JSON.stringify(body);
  const own = readErrorDetails(details, text);
  if (own !== undefined) return own;
  return sidecarError(text, typeof errorCode === "string" ? errorCode : undefined, status);
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_CONVERSATION_NOT_FOUND: "not-found",
  ERR_CONVERSATION_MISSING_INPUTS: "rejected",
  ERR_CONVERSATION_INVALID_PARMS: "rejected",
  ERR_MALFORMED_REQUEST: "rejected",
  ERR_BODY_READ: "rejected",
};

/**
 * The error of a failed call, from the words of a sidecar. A component that failed is not asked again from here: whether and how often is what
 * the sidecar's Resiliency resources say, and it has done that already.
 */
export function sidecarError(message: string, errorCode: string | undefined, status: number | undefined): SluiceError {
  const details = {
    providerMessage: message,
    ...(errorCode !== undefined && { providerCode: errorCode }),
    ...(status !== undefined && { status }),
  };
  const code = errorCode === undefined ? undefined : CODES[errorCode];
  if (code !== undefined) return new SluiceError(code, message, details);
  // The words of the provider's own error may tell what is the matter.
  return new SluiceError(providerError({ message }).code, message, details);
}

/** Whether a component failed, rather than the way to it: whether it is asked again is the sidecar's to say. */
export function isComponentFailure({ providerCode, cause }: SluiceError): boolean {
  return cause instanceof ComponentFailure || (providerCode !== undefined && /^ERR_/.test(providerCode));
}

/** The sidecar does not know the call: it is older, or something else listens at its port. */
export function unknownCall(message: string, status?: number): SluiceError {
  return new SluiceError("unsupported", `the sidecar does not know the call: ${message}`, {
    providerMessage: message,
    ...(status !== undefined && { status }),
  });
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
