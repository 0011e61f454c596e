import { SluiceError } from "../../stream/error.js";
import { type ErrorDetail, writeErrorDetails } from "./error-detail.js";

/** What a failed call answers: the same error for HTTP and for gRPC. */
export interface ApiError {
  /** As in Dapr's documentation, `ERR_CONVERSATION_INVALID_PARMS` with its spelling. */
  errorCode: ApiErrorCode;
  /** What went wrong, for people. */
  message: string;
  /** The status of an answer over HTTP. */
  httpStatus: 400 | 500;
  /** https://grpc.github.io/grpc/core/md_doc_statuscodes.html: 3 InvalidArgument, 13 Internal. */
  grpcCode: 3 | 13;
}

const STATUS = {
  ERR_CONVERSATION_NOT_FOUND: 400,
  ERR_CONVERSATION_MISSING_INPUTS: 400,
  ERR_CONVERSATION_INVALID_PARMS: 400,
  ERR_CONVERSATION_INVOKE: 500,
  ERR_MALFORMED_REQUEST: 400,
  ERR_BODY_READ: 400,
  // Not one of Dapr's: daprd keeps whatever it is sent.
  ERR_METADATA_LIMIT: 400,
} as const;

/** The error codes of Dapr's conversation API. */
export type ApiErrorCode = keyof typeof STATUS;

/** No such component. */
export function componentNotFound(name: string): SluiceError {
  return apiError("ERR_CONVERSATION_NOT_FOUND", `failed finding conversation component ${name}`);
}

/** A request without inputs. */
export function missingInputs(name: string): SluiceError {
  return apiError(
    "ERR_CONVERSATION_MISSING_INPUTS",
    `failed conversing with component ${name}: missing inputs in request`,
  );
}

/** A request that says something that cannot be. */
export function invalidParams(name: string, reason: string): SluiceError {
  return apiError(
    "ERR_CONVERSATION_INVALID_PARMS",
    `failed conversing with component ${name}: invalid params: ${reason}`,
  );
}

/** A body that is not the JSON of its message. */
export function malformedBody(reason: string): SluiceError {
  return apiError("ERR_MALFORMED_REQUEST", `failed deserializing HTTP body: ${reason}`);
}

/** A body that did not arrive. */
export function unreadableBody(reason: string): SluiceError {
  return apiError("ERR_BODY_READ", `failed to read request body: ${reason}`);
}

/** More metadata than callers may store in a sidecar. */
export function metadataLimit(reason: string): SluiceError {
  return apiError("ERR_METADATA_LIMIT", `the metadata cannot be stored: ${reason}`);
}

/**
 * What to answer for any error of a call: the API's own as they are, what no model was asked for because it cannot be as invalid
 * params, all others as the component's failure.
 */
export function toApiError(error: SluiceError, component: string): ApiError {
  const { providerCode, message } = error;
  if (error.code === "invalid-request" && providerCode !== undefined && isApiErrorCode(providerCode)) {
    return answer(providerCode, message);
  }
  if (error.code === "invalid-argument") return toApiError(invalidParams(component, message), component);
  return answer("ERR_CONVERSATION_INVOKE", `failed conversing with component ${component}: ${message}`);
}

/** An error as the JSON body of HTTP. @param detail the component's own error, where it says more. */
export function writeErrorBody(
  { errorCode, message }: Pick<ApiError, "errorCode" | "message">,
  detail?: ErrorDetail,
): string {
  return JSON.stringify({ errorCode, message, ...(detail && { details: writeErrorDetails(detail) }) });
}

function apiError(code: ApiErrorCode, message: string): SluiceError {
  return new SluiceError("invalid-request", message, { providerCode: code, status: STATUS[code] });
}

function answer(errorCode: ApiErrorCode, message: string): ApiError {
  const httpStatus = STATUS[errorCode];
  return { errorCode, message, httpStatus, grpcCode: httpStatus === 400 ? 3 : 13 };
}

function isApiErrorCode(code: string): code is ApiErrorCode {
  return Object.hasOwn(STATUS, code);
}
