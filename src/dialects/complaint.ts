import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";

/** What somebody complains of, in whatever shape it came. */
export interface Complaint {
  message?: string;
  /** Its code or type, for example `rate_limit_exceeded`; several are joined with blanks. */
  code?: string;
  /** An HTTP status that stands in the body. */
  status?: number;
  /** Its further fields: Groq's `failed_generation`, Azure's filter result, the counts of tokens. */
  data?: JsonObject;
}

/** Fields in which an error stands inside of an answer, as an object, a text, or a list whose first counts. */
const ERRORS = ["error", "errors", "Error", "fault", "exception", "base_resp"];
/** Fields with words for people, the best first. */
const MESSAGES = [
  "message",
  "detail",
  "error_message",
  "errorMessage",
  "error_msg",
  "err_msg",
  "msg",
  "Message",
  "ErrorMessage",
  "errorText",
  "status_msg",
  "faultstring",
  "error_description",
  "description",
  "reason",
  "title",
];
/** Fields with words for programs. */
const CODES = ["code", "type", "status", "error_code", "errorCode", "ErrorCode", "err_code", "__type", "name"];
/** Fields with an HTTP status, beside `code` and `status` where they are numbers. */
const STATUSES = ["code", "status", "statusCode", "status_code", "StatusCode", "http_status", "httpStatus"];

/** The longest message that is kept, in UTF-16 code units. */
const MAX_MESSAGE = 4_000;
/** The longest rest that is kept, in UTF-16 code units of its JSON. */
const MAX_DATA = 16_000;
/** How many objects deep an error is looked for. */
const MAX_DEPTH = 3;

/** What a body or a frame complains of; nothing where it says none of it. */
export function complaintIn(body: JsonValue | undefined, depth = 0): Complaint {
  if (typeof body === "string") return body.trim() === "" ? {} : { message: shortened(body) };
  if (Array.isArray(body)) return complaintIn(body[0], depth + 1);
  if (!isJsonObject(body)) return {};
  const inner = depth < MAX_DEPTH ? innerError(body) : undefined;
  const own = ownComplaint(body);
  if (inner === undefined) return own;
  // What stands around an error is the answer that broke off, not a part of it.
  const { data: _, ...around } = own;
  const nested = complaintIn(inner, depth + 1);
  // A word for it stands beside the sentence about it.
  if (typeof inner === "string" && around.message !== undefined) return { code: inner.slice(0, 200), ...around };
  return { ...around, ...nested };
}

/** The same of a body's text, which may be no JSON. */
export function complaintInText(text: string): Complaint {
  try {
    return complaintIn(parseJson(text));
  } catch {
    return {};
  }
}

/** Whether an object says outright that it is an error, whatever else stands in it. */
export function saysError(body: JsonObject): boolean {
  const { object, type, event_type: event, status, __type: exception, success } = body;
  if ([object, type, event, exception].some(isErrorWord) || success === false) return true;
  if (exceptionIn(body) !== undefined || (isErrorWord(status) && messageIn(body) !== undefined)) return true;
  return ERRORS.some((field) => field !== "base_resp" && isFilled(body[field])) || failedResponse(body) !== undefined;
}

/** Whether a frame's label, type or code is a word for an error. */
export function isErrorWord(word: JsonValue | undefined): boolean {
  return (
    typeof word === "string" && /^(?:error|exception|failed|failure|fatal)$|[._-]error$|(?:Error|Exception)$/.test(word)
  );
}

/** The object that holds the error: under a name for it, or as the exception of AWS that it is. */
function innerError(body: JsonObject): JsonValue | undefined {
  for (const field of ERRORS) {
    if (field === "base_resp" ? failedResponse(body) !== undefined : isFilled(body[field])) return body[field];
  }
  const exception = exceptionIn(body);
  if (exception !== undefined) return exception;
  // FastAPI wraps the error of whoever raises it.
  return isJsonObject(body.detail) ? body.detail : undefined;
}

/** An event of AWS that is nothing but an exception, under its name. */
function exceptionIn(body: JsonObject): JsonObject | undefined {
  const [only, more] = Object.keys(body);
  const exception = only !== undefined && more === undefined && isErrorWord(only) ? body[only] : undefined;
  return isJsonObject(exception) ? exception : undefined;
}

/** MiniMax answers 200 and puts a status of its own into the body; 0 means success. */
function failedResponse({ base_resp: response }: JsonObject): JsonObject | undefined {
  return isJsonObject(response) && typeof response.status_code === "number" && response.status_code !== 0
    ? response
    : undefined;
}

function isFilled(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return value === true || (typeof value === "string" && value !== "") || (typeof value === "number" && value >= 400);
}

function ownComplaint(body: JsonObject): Complaint {
  const complaint: Complaint = {};
  const message = messageIn(body);
  if (message !== undefined) complaint.message = message;
  const words = CODES.flatMap((field) => codeIn(body[field]) ?? []);
  if (words.length > 0) complaint.code = [...new Set(words)].join(" ");
  const status = STATUSES.map((field) => statusIn(body[field])).find((value) => value !== undefined);
  if (status !== undefined) complaint.status = status;
  const data = restOf(body);
  if (data !== undefined) complaint.data = data;
  return complaint;
}

function messageIn(body: JsonObject): string | undefined {
  const texts = MESSAGES.map((field) => body[field]);
  const text = texts.find((value): value is string => typeof value === "string" && value !== "");
  // FastAPI (vLLM and others) lists what is wrong with each field.
  const listed = text === undefined && Array.isArray(body.detail) ? JSON.stringify(body.detail) : text;
  // OpenRouter says that a provider failed, and beside it the provider's own error.
  const { raw } = isJsonObject(body.metadata) ? body.metadata : {};
  const parts = [listed, typeof raw === "string" && raw !== "" ? raw.slice(0, 500) : undefined];
  const whole = parts.filter((part) => part !== undefined).join(": ");
  return whole === "" ? undefined : shortened(whole);
}

function codeIn(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" && value !== "error" ? value.slice(0, 200) : undefined;
}

/** OpenRouter, vLLM and Google put the HTTP status into `code`, some as text. */
function statusIn(value: JsonValue | undefined): number | undefined {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && status >= 400 && status < 600 ? status : undefined;
}

/** Fields of an error that say nothing beyond its message, code and status. */
const KNOWN = new Set([...ERRORS, ...MESSAGES, ...CODES, ...STATUSES, "object", "success", "request_id", "requestId"]);

function restOf(body: JsonObject): JsonObject | undefined {
  const rest = Object.entries(body).filter(([name, value]) => value !== null && value !== "" && !KNOWN.has(name));
  if (rest.length === 0) return undefined;
  const data = Object.fromEntries(rest);
  return JSON.stringify(data).length <= MAX_DATA ? data : undefined;
}

function shortened(text: string): string {
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
}
