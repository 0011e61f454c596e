import { isJsonObject } from "../../base/json.js";
import { errorIn, readError as readResponse } from "../../dialects/openai-error.js";
import { providerError } from "../../dialects/provider-error.js";
import { type ErrorCode, SluiceError } from "../../stream/error.js";
import { toJson } from "./metadata.js";

/** What the errors of the AI SDK mean that are not answers of a provider, by their names. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AI_EmptyResponseBodyError: "truncated",
  AI_InvalidArgumentError: "invalid-argument",
  AI_InvalidPromptError: "invalid-request",
  AI_InvalidResponseDataError: "malformed-frame",
  AI_JSONParseError: "malformed-frame",
  AI_LoadAPIKeyError: "missing-key",
  AI_LoadSettingError: "invalid-argument",
  AI_NoContentGeneratedError: "provider-error",
  AI_NoSuchModelError: "unknown-model",
  AI_NoSuchProviderError: "unknown-model",
  AI_TypeValidationError: "malformed-frame",
  AI_UnsupportedFunctionalityError: "unsupported",
  AI_UnsupportedModelVersionError: "unsupported",
  AbortError: "cancelled",
  TimeoutError: "total-timeout",
};

/** What a language model threw, or sent in an `error` part, in our terms. The original is its `cause`. */
export function readError(thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  if (typeof thrown !== "object" || thrown === null) return providerError({ message: String(thrown) });
  const cause: unknown = Reflect.get(thrown, "cause");
  // An error that we wrote for the AI SDK ourselves.
  if (cause instanceof SluiceError) return cause;
  const last: unknown = Reflect.get(thrown, "lastError");
  if (last !== undefined && last !== null) return readError(last);
  const status: unknown = Reflect.get(thrown, "statusCode");
  if (typeof status === "number") return answered(thrown, status);
  if (!(thrown instanceof Error)) return plainError(thrown);
  const code = CODES[thrown.name];
  if (code !== undefined) {
    const retryable = Reflect.get(thrown, "isRetryable") === true || code === "truncated";
    return new SluiceError(code, thrown.message, { retryable, cause: thrown });
  }
  // What `fetch` throws, or an APICallError without an answer.
  if (thrown.name === "AI_APICallError" || (thrown instanceof TypeError && cause !== undefined)) {
    const retryable = Reflect.get(thrown, "isRetryable") !== false;
    return new SluiceError("connect-failed", thrown.message, { retryable, cause: thrown });
  }
  return providerError({ message: thrown.message }).with({ cause: thrown });
}

/** An `APICallError` (or the gateway's) with the provider's answer in it. */
function answered(error: object, status: number): SluiceError {
  const body: unknown = Reflect.get(error, "responseBody");
  const message: unknown = Reflect.get(error, "message");
  const text = typeof body === "string" && body !== "" ? body : JSON.stringify({ error: { message } });
  if (status < 400) return inSuccess(error, text, String(message));
  const read = readResponse({ status, headers: headersOf(error), body: text });
  const retryable: unknown = Reflect.get(error, "isRetryable");
  return read.with({ cause: error, retryable: typeof retryable === "boolean" ? retryable : read.retryable });
}

/** An answer that began well and was an error, or nothing that could be read. */
function inSuccess(error: object, body: string, message: string): SluiceError {
  const found = errorInText(body);
  const details = { cause: error, retryable: Reflect.get(error, "isRetryable") === true };
  if (found !== undefined) return found.with({ ...details, retryable: details.retryable || found.retryable });
  return new SluiceError("malformed-frame", message, { ...details, frame: body.slice(0, 500) });
}

/** An error as the provider's own object, as several providers pass it on from mid-stream. */
function plainError(error: object): SluiceError {
  const body = toJson(error);
  const whole = isJsonObject(body) && body.error !== undefined ? body : { error: body };
  const read = errorIn(whole) ?? providerError({ message: JSON.stringify(body) });
  return read.with({ cause: error });
}

function errorInText(text: string): SluiceError | undefined {
  try {
    const body = JSON.parse(text);
    return isJsonObject(body) ? errorIn(body) : undefined;
  } catch {
    return undefined;
  }
}

function headersOf(error: object): Record<string, string> {
  const headers: unknown = Reflect.get(error, "responseHeaders");
  if (typeof headers !== "object" || headers === null) return {};
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
