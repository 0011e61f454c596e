import type { JsonObject, JsonValue } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import { wellFormed } from "../base/well-formed.js";
import type { ToolCallEvent } from "./chat-event.js";
import type { Usage } from "./usage.js";

/** Every way a call can fail, as a table: the compiler holds nothing else to it. */
export const ERROR_CODES = {
  // Refused here, before any network call.
  "invalid-argument": true,
  "invalid-request": true,
  "unknown-model": true,
  "missing-key": true,
  unsupported: true,
  /** A guard refused the request. */
  blocked: true,
  /** A guard could not do its work. Nothing passes unchecked, so the call ends, and no other model is asked. */
  "guard-failed": true,
  // The way to the provider.
  "connect-failed": true,
  "connect-timeout": true,
  "first-byte-timeout": true,
  "idle-timeout": true,
  "total-timeout": true,
  // What the provider answered.
  authentication: true,
  permission: true,
  "not-found": true,
  rejected: true,
  "context-length": true,
  "rate-limited": true,
  quota: true,
  overloaded: true,
  "provider-error": true,
  // What went wrong in the stream.
  truncated: true,
  "malformed-frame": true,
  "frame-too-large": true,
  // What the reader did.
  cancelled: true,
  retracted: true,
  "stream-locked": true,
  /** Somebody has to answer a request for input first. */
  "input-required": true,
  /** Somebody was asked for input, and declined. */
  declined: true,
  /** A tool failed, and its caller wants the stream to end with that. */
  "tool-failed": true,
  // What a model made of the form that its answer was to have.
  /** The answer is not JSON, or does not fit the schema. */
  "invalid-output": true,
  /** The answer ended before its JSON did: a token limit, a budget, the end of a text. */
  "incomplete-output": true,
  /** The model, or its provider's filter, declined to answer. */
  refused: true,
  // What happened to a conversation.
  /** Another writer changed it first. */
  conflict: true,
  /** Its store could not be read or written. */
  "store-failed": true,
  // What happened to a run that is logged.
  /** The process that wrote it died. */
  "run-lost": true,
  /** What the reader asked for is not kept any more: it fell behind, or came too late. */
  "run-expired": true,
  /** A model, stage or source broke a law of the stream: a bug of its author. */
  protocol: true,
} as const;

/** Every way a call can fail. Stable: programs may switch on it. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What had arrived when a stream ended before its finish. */
export interface PartialAnswer {
  /** The text that was not retracted. */
  text: string;
  /** The calls that were complete. */
  toolCalls: ToolCallEvent[];
  /** Tokens, as far as they are known. */
  usage: Usage;
}

/** A model's output that does not fit the form that was asked for. */
export interface RejectedOutput {
  /** As it came. */
  text: string;
  /** What could be read of it: all, or as far as it came; absent where nothing was. */
  value?: JsonValue;
  /** What is wrong with it. */
  issues: OutputIssue[];
}

/** One thing that is wrong with a value. */
export interface OutputIssue {
  /** Where, for example `items[2].price`; `""` for the whole value. */
  path: string;
  /** What is wrong, for people and for the model. */
  message: string;
}

/** Everything about an error beside its code and message. */
export interface ErrorDetails {
  /** Whether the same call may succeed later. Default false. */
  retryable?: boolean;
  /** How long the provider asks to wait, in ms. */
  retryAfterMs?: number;
  /** HTTP status of the provider's answer. */
  status?: number;
  /** The provider's own message. */
  providerMessage?: string;
  /** The provider's own code or type of error. */
  providerCode?: string;
  /** The provider's further details: the arguments that it refused, what its filter found, counts of tokens. */
  providerData?: JsonObject;
  /** The provider's request id, for its support. */
  requestId?: string;
  /** The model that was called. */
  model?: string;
  /** For refused input or output: the path of the field, for example `messages[2].content[0].type`. */
  field?: string;
  /** For output that does not have the form it was asked for in. */
  output?: RejectedOutput;
  /** For bad frames: the offending text, its first 500 characters. */
  frame?: string;
  /** For a stream that had begun: what had arrived. */
  partial?: PartialAnswer;
  /** What was thrown, where this error stands for another. */
  cause?: unknown;
}

/** A value of the kind that each detail has; a cause may be anything. */
const DETAILS: Readonly<Required<ErrorDetails>> = {
  retryable: false,
  retryAfterMs: 0,
  status: 0,
  providerMessage: "",
  providerCode: "",
  providerData: {},
  requestId: "",
  model: "",
  field: "",
  output: { text: "", issues: [] },
  frame: "",
  partial: { text: "", toolCalls: [], usage: {} },
  cause: undefined,
};

/** On every error of Sluice, whichever copy of the package made it. */
const MARKER = Symbol.for("sluice.error");

/** The one error class of Sluice. `code` says what happened, `retryable` whether trying again can help. */
export class SluiceError extends Error {
  /** What happened. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** How long the provider asks to wait, in ms. */
  declare readonly retryAfterMs?: number;
  /** HTTP status of the provider's answer. */
  declare readonly status?: number;
  /** The provider's own message. */
  declare readonly providerMessage?: string;
  /** The provider's own code or type of error. */
  declare readonly providerCode?: string;
  /** The provider's further details: the arguments that it refused, what its filter found, counts of tokens. */
  declare readonly providerData?: JsonObject;
  /** The provider's request id, for its support. */
  declare readonly requestId?: string;
  /** The model that was called. */
  declare readonly model?: string;
  /** For refused input or output: the path of the field. */
  declare readonly field?: string;
  /** For bad frames: the offending text, its first 500 characters. */
  declare readonly frame?: string;
  /** For output that does not have the form it was asked for in. */
  declare readonly output?: RejectedOutput;
  /** What had arrived before the error; set by every `ChatStream`. */
  declare readonly partial?: PartialAnswer;

  /** Errors of another copy of the package are errors of Sluice too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && MARKER in value;
  }

  /** @throws {SluiceError} `invalid-argument` for an unknown code, and for details that are unknown or of another kind. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    if (!Object.hasOwn(ERROR_CODES, code)) throw invalid("code", code, Object.keys(ERROR_CODES).join(", "));
    checkDetails(details);
    const { cause, retryable = false, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SluiceError";
    this.code = code;
    this.retryable = retryable;
    Object.defineProperty(this, MARKER, { value: true });
    Object.assign(this, rest);
  }

  /**
   * The same error with more details: a stream adds what had arrived, a model its name.
   *
   * @throws {SluiceError} `invalid-argument` for details that are unknown or of another kind.
   */
  with(details: ErrorDetails): SluiceError {
    const error = new SluiceError(this.code, this.message, defined({ ...detailsOf(this), ...details }));
    if (this.stack !== undefined) error.stack = this.stack;
    return error;
  }

  /** Any thrown value as a SluiceError: itself, or wrapped under `code`. */
  static from(thrown: unknown, code: ErrorCode = "provider-error"): SluiceError {
    if (thrown instanceof SluiceError) return thrown;
    return new SluiceError(code, messageOf(thrown), { cause: thrown });
  }
}

/** The details of an error, for one that says more than it. */
export function detailsOf(error: SluiceError): ErrorDetails {
  return defined(Object.fromEntries(Object.keys(DETAILS).map((name) => [name, Reflect.get(error, name)])));
}

function checkDetails(details: ErrorDetails): void {
  for (const name in details) {
    const value: unknown = Reflect.get(details, name);
    const field = `details.${name}`;
    if (!Object.hasOwn(DETAILS, name)) throw unknownField(field, value, name, Object.keys(DETAILS), "an error");
    if (value !== undefined && !isDetail(name, value)) throw invalid(field, value, typeof kindOf(name));
  }
}

function kindOf(name: string): unknown {
  return Reflect.get(DETAILS, name);
}

/** Whether a detail of an error may have this value. */
export function isDetail(name: string, value: unknown): boolean {
  if (!Object.hasOwn(DETAILS, name)) return false;
  return name === "cause" || (value !== null && !Array.isArray(value) && typeof value === typeof kindOf(name));
}

/** The most of a foreign message that is kept, in characters: it goes into logs, streams and answers. */
const LONGEST_MESSAGE = 10_000;

/** What a thrown value says, whatever it is; anything may be thrown, and describing it never throws. */
export function messageOf(thrown: unknown): string {
  const message = wholeMessageOf(thrown);
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${wellFormed(message.slice(0, LONGEST_MESSAGE))}… (${message.length} characters)`;
}

function wholeMessageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return messageOfError(thrown, 0);
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    if ("message" in thrown && typeof thrown.message === "string") return thrown.message;
    const text = String(thrown);
    return text === "[object Object]" ? JSON.stringify(thrown) : text;
  } catch {
    return "an error that cannot say what it is";
  }
}

/** How deep causes are followed, and the most errors of one that holds several. */
const DEEPEST_CAUSE = 3;
const MOST_ERRORS = 5;

/** What an error says, with that of its causes where it says little itself: `fetch failed`, or nothing. */
function messageOfError(error: Error, depth: number): string {
  const { message, cause } = error;
  const errors: unknown = "errors" in error ? error.errors : undefined;
  const inner = Array.isArray(errors) ? errors : cause === undefined ? [] : [cause];
  const name = codeOf(error) ?? error.name;
  const own = `${message}` === "" ? (name === "" ? "Error" : name) : `${message}`;
  const says = Array.isArray(errors) || message === "" || message === "fetch failed";
  if (!says || depth >= DEEPEST_CAUSE) return own;
  const causes = inner
    .slice(0, MOST_ERRORS)
    .map((one) => (one instanceof Error ? messageOfError(one, depth + 1) : messageOf(one)));
  const rest = [...new Set(causes)].filter((text) => text !== "" && !own.includes(text)).join("; ");
  return rest === "" ? own : `${own}: ${rest}`;
}

/** The code of an error of the system, such as `ECONNREFUSED`. */
function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The error for input that is refused: names the field, what was found and what is allowed. */
export function invalid(field: string, found: unknown, allowed: string): SluiceError {
  return new SluiceError("invalid-argument", `${field}: found ${describe(found)}; allowed: ${allowed}`, { field });
}

/** The error for a field that there is not: names the one that was probably meant, and all that there are. */
export function unknownField(
  field: string,
  found: unknown,
  name: string,
  names: readonly string[],
  what: string,
): SluiceError {
  const [near] = nearest(name, names, 1);
  const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
  return invalid(field, found, `no such field${meant}; ${what} has ${names.join(", ")}`);
}

/** A short, safe description of a value for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object"
    ? `an object with ${Object.keys(value).slice(0, 8).join(", ") || "no keys"}`
    : typeof value;
}

function defined(details: { [K in keyof ErrorDetails]: ErrorDetails[K] | undefined }): ErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
