import type { JsonObject } from "../base/json.js";
import { type ErrorCode, type ErrorDetails, SluiceError } from "../stream/error.js";
import { exceedsWholeLimit, isContextOverflow } from "./context-overflow.js";
import type { ErrorResponse } from "./dialect.js";
import { askedWaitMs } from "./retry-after.js";

/** A provider's error, in whatever protocol. */
export interface ProviderComplaint {
  message?: string | undefined;
  /** Its code or type, for example `rate_limit_exceeded`. */
  code?: string | undefined;
  /** HTTP status; absent for an error in mid-stream. */
  status?: number | undefined;
  headers?: Readonly<Record<string, string>>;
  /** Its further fields. */
  data?: JsonObject | undefined;
}

/** Words in a provider's code or type that say what is the matter. The first that fits counts. */
const WORDS: readonly [pattern: RegExp, code: ErrorCode][] = [
  [
    /insufficient_quota|insufficient.?(?:balance|credit|funds)|billing|credit balance|quota_?exceeded|exceeded_current_quota|payment_required|arrearage/i,
    "quota",
  ],
  [/overloaded|over.?capacity|capacity_exceeded|unavailable|insufficient_system_resource|server_?busy/i, "overloaded"],
  [/rate_?limit|usage_?limit|resource_?exhausted|too_?many_?requests|throttl/i, "rate-limited"],
  [/authentication|invalid_?api_?key|unauthenticated|api_key_invalid|unauthorized/i, "authentication"],
  [/permission|forbidden|access_?denied/i, "permission"],
  [/model_?not_?found|not_?found|no such model|model_not_exist/i, "not-found"],
  [
    /invalid_?(?:request|argument|parameter)|failed_precondition|unsupported_parameter|tool_use_failed|bad_?request/i,
    "rejected",
  ],
];

/** Words for people that say more than a vague status or code does. */
const SENTENCES: readonly [pattern: RegExp, code: ErrorCode][] = [
  [
    /insufficient.(?:balance|credit|funds|quota)|billing|credit balance|quota_exceeded|payment required|out of credits/i,
    "quota",
  ],
  [/(?:incorrect|invalid) api.?key|api.?key (?:is )?(?:not valid|invalid)/i, "authentication"],
];

const RETRYABLE: readonly ErrorCode[] = ["overloaded", "rate-limited", "provider-error"];

/** The error that a provider's complaint means. */
export function providerError(complaint: ProviderComplaint): SluiceError {
  const { message, code: providerCode, status, headers = {}, data } = complaint;
  const code = codeOf(complaint);
  const wait = askedWaitMs(complaint);
  const requestId = headers["x-request-id"] ?? headers["request-id"] ?? headers["x-goog-request-id"];
  const details: ErrorDetails = { retryable: isRetryable(code, complaint) };
  if (message !== undefined) details.providerMessage = message;
  if (providerCode !== undefined) details.providerCode = providerCode;
  if (status !== undefined) details.status = status;
  if (wait !== undefined) details.retryAfterMs = wait;
  if (data !== undefined) details.providerData = data;
  if (requestId !== undefined) details.requestId = requestId;
  const text = message ?? providerCode ?? "no message";
  return new SluiceError(code, status === undefined ? text : `HTTP ${status}: ${text}`, details);
}

/** What can never succeed is not tried again; else the service's own word counts (`x-should-retry`), then what it means. */
function isRetryable(code: ErrorCode, { message = "", status, headers = {} }: ProviderComplaint): boolean {
  if (code === "context-length" || (code === "rate-limited" && exceedsWholeLimit(message))) return false;
  const asked = headers["x-should-retry"]?.trim().toLowerCase();
  if (asked === "true" || asked === "false") return asked === "true";
  return RETRYABLE.includes(code) || status === 408 || status === 409;
}

/** The text of a body that no dialect understands: its first 500 characters without markup. */
export function plainBody(response: ErrorResponse): string | undefined {
  const text = withoutMarkup(response.body).replace(/\s+/g, " ").trim();
  return text === "" ? undefined : text.slice(0, 500);
}

/** Elements whose text is not for people, where a tag begins. */
const HIDDEN = /<(script|style)\b/iy;

/** Text between tags. In one pass: a pattern would search the end of each open tag anew. */
function withoutMarkup(text: string): string {
  let visible = "";
  let at = 0;
  for (;;) {
    const open = text.indexOf("<", at);
    if (open === -1) return visible + text.slice(at);
    visible += `${text.slice(at, open)} `;
    HIDDEN.lastIndex = open;
    const hidden = HIDDEN.exec(text)?.[1];
    const closing = hidden === undefined ? open : indexOfClosing(text, hidden, open);
    const end = closing === -1 ? -1 : text.indexOf(">", closing);
    if (end === -1) return hidden === undefined ? visible + text.slice(open) : visible;
    at = end + 1;
  }
}

function indexOfClosing(text: string, element: string, from: number): number {
  const closing = new RegExp(`</${element}`, "gi");
  closing.lastIndex = from;
  return closing.exec(text)?.index ?? -1;
}

/** How the errors of Sluice are written in HTTP, for every protocol that serves. */
export function statusOf(error: SluiceError): number {
  switch (error.code) {
    case "invalid-argument":
    case "invalid-request":
    case "unsupported":
    case "rejected":
    case "blocked":
    case "context-length":
      return 400;
    case "authentication":
    case "missing-key":
      return 401;
    case "permission":
      return 403;
    case "not-found":
    case "unknown-model":
      return 404;
    case "conflict":
      return 409;
    case "rate-limited":
    case "quota":
      return 429;
    case "overloaded":
      return 503;
    case "connect-timeout":
    case "first-byte-timeout":
    case "idle-timeout":
    case "total-timeout":
      return 504;
    case "cancelled":
      return 499;
    case "connect-failed":
    case "truncated":
    case "malformed-frame":
    case "frame-too-large":
    case "provider-error":
    case "run-lost":
      return 502;
    case "run-expired":
      return 410;
    default:
      return 500;
  }
}

/** Statuses that say more than any word beside them: a 402 is about money, whatever its type is called. */
const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "authentication",
  402: "quota",
  403: "permission",
  404: "not-found",
  408: "provider-error",
  409: "provider-error",
  413: "context-length",
  424: "provider-error",
  498: "overloaded",
  503: "overloaded",
  529: "overloaded",
};

function codeOf({ code = "", message = "", status }: ProviderComplaint): ErrorCode {
  if (status !== 401 && status !== 402 && isContextOverflow(`${code} ${message}`)) return "context-length";
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  const vague = words === undefined || words === "rejected";
  const sentence = vague ? SENTENCES.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  const worded = sentence ?? words;
  if (status === undefined) return worded ?? "provider-error";
  // Where money is what is missing, some services say so with the status of a rate, or of a right.
  if (worded === "quota" && status < 500) return "quota";
  if (status === 429) return "rate-limited";
  const known = CODES_BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return words === "overloaded" || words === "rate-limited" ? words : "provider-error";
  return worded ?? "rejected";
}
