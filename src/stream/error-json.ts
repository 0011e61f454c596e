import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import {
  describe,
  detailsOf,
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  isDetail,
  messageOf,
  SluiceError,
} from "./error.js";

/** How deep causes are followed: they may be linked in a ring. */
const DEEPEST_CAUSE = 4;

/** An error whole, as JSON: its details and causes as well, and no stack. */
export function errorToJson(error: SluiceError, depth = 0): JsonObject {
  const { cause, ...details } = detailsOf(error);
  // What an error carries is plain, but its fields may be undefined.
  const json: JsonObject = { code: error.code, message: error.message, ...JSON.parse(JSON.stringify(details)) };
  if (cause !== undefined && depth < DEEPEST_CAUSE) {
    json.cause = cause instanceof SluiceError ? errorToJson(cause, depth + 1) : { message: messageOf(cause) };
  }
  return json;
}

/**
 * An error from its JSON, as `errorToJson` writes it. A cause that was no `SluiceError` is an `Error` with its message.
 *
 * @throws {SluiceError} `malformed-frame` when it is not an error.
 */
export function errorFromJson(value: JsonValue): SluiceError {
  if (!isJsonObject(value) || typeof value.code !== "string" || typeof value.message !== "string") {
    const frame = (JSON.stringify(value) ?? "").slice(0, 500);
    throw new SluiceError("malformed-frame", `an error has code and message; found ${describe(value)}`, { frame });
  }
  // What another process wrote of another kind is not worth failing for.
  const known = Object.entries(value).filter(([name, found]) => name !== "cause" && isDetail(name, found));
  const details: ErrorDetails = Object.fromEntries(known);
  const { cause } = value;
  if (isJsonObject(cause)) {
    details.cause = typeof cause.code === "string" ? errorFromJson(cause) : new Error(String(cause.message));
  }
  return new SluiceError(isErrorCode(value.code) ? value.code : "provider-error", value.message, details);
}

/** Codes of a newer version are those of some other provider. */
function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
