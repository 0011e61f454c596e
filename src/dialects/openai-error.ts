import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { SluiceError } from "../stream/error.js";
import type { ErrorResponse } from "./dialect.js";
import { plainBody, providerError, statusOf } from "./provider-error.js";

/** The error of an unsuccessful answer. */
export function readError(response: ErrorResponse): SluiceError {
  const { status, headers } = response;
  const said = complaintOf(parsed(response.body));
  return providerError({ message: plainBody(response), ...said, status, headers });
}

/** The error that stands in a chunk or a body of an answer that began well, or `undefined` where there is none. */
export function errorIn(body: JsonObject): SluiceError | undefined {
  const none = body.error === undefined || body.error === null || body.error === false;
  // Older versions of vLLM say the error itself.
  if (none && body.object !== "error") return undefined;
  const { status, ...said } = complaintOf(body);
  return providerError({ ...said, ...(status !== undefined && { status }) });
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

interface Complaint {
  message?: string;
  code?: string;
  status?: number;
}

/** Reads what compatible services put into an error: an object, a text, a list, or fields beside each other. */
function complaintOf(body: JsonValue | undefined): Complaint {
  if (Array.isArray(body)) return complaintOf(body[0]);
  if (typeof body === "string") return { message: body };
  if (!isJsonObject(body)) return {};
  const inner = body.error;
  if (isJsonObject(inner)) return complaintOf({ ...inner, error: null });
  const said: Complaint = {};
  const message = [inner, body.message, body.detail].find((value) => typeof value === "string" && value !== "");
  if (typeof message === "string") said.message = message;
  // FastAPI (vLLM and others) lists what is wrong with each field.
  else if (Array.isArray(body.detail)) said.message = JSON.stringify(body.detail);
  // OpenRouter says that a provider failed, and beside it what the provider said.
  const { raw } = isJsonObject(body.metadata) ? body.metadata : {};
  if (typeof raw === "string" && raw !== "") said.message = [said.message, raw.slice(0, 500)].join(": ");
  const words = [body.code, body.type, body.status].filter((value): value is string => typeof value === "string");
  if (words.length > 0) said.code = words.join(" ");
  // OpenRouter and vLLM put the HTTP status into `code`.
  if (typeof body.code === "number" && body.code >= 400 && body.code < 600) said.status = body.code;
  return said;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
