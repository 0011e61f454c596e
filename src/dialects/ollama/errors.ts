import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import type { ErrorResponse } from "../dialect.js";
import { plainBody, providerError, statusOf } from "../provider-error.js";

/** The error of an unsuccessful answer, such as 404 `model "x" not found, try pulling it first`. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  const message = messageIn(parsed(response.body)) ?? plainBody(response);
  return providerError({ message, status, headers });
}

/** The error that a line says, or `undefined` where it says none. */
export function errorIn(line: JsonObject): SluiceError | undefined {
  const message = messageIn(line);
  if (message === undefined) return undefined;
  // Some versions repeat the status within the line.
  const status = line.status_code ?? line.StatusCode;
  return providerError({ message, status: typeof status === "number" && status >= 400 ? status : undefined });
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

function messageIn(body: JsonValue | undefined): string | undefined {
  if (!isJsonObject(body)) return undefined;
  const { error } = body;
  if (typeof error === "string" && error !== "") return error;
  return isJsonObject(error) && typeof error.message === "string" ? error.message : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
