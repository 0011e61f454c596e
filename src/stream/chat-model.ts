import type { CallContext } from "./call-context.js";
import type { ChatRequest } from "./chat-request.js";
import type { ChatStream } from "./chat-stream.js";
import type { SluiceError } from "./error.js";
import type { ChatMessage } from "./message.js";
import type { Usage } from "./usage.js";

/**
 * Limits on the phases of one call, in ms. `Infinity` switches one off. The defaults are those of a stream of a service
 * elsewhere; models that think, servers near by and whole answers have longer ones (docs/limits.md).
 */
export interface Timeouts {
  /** Until a connection stands. Default 10,000. Error code `connect-timeout`. */
  connectMs?: number;
  /** From the connection to the first byte of the answer's body. Default 120,000. Error code `first-byte-timeout`. */
  firstByteMs?: number;
  /** Between two reads, while the reader is waiting. Default 60,000. Error code `idle-timeout`. */
  idleMs?: number;
  /** For the whole call, retries included. Default `Infinity`. Error code `total-timeout`. */
  totalMs?: number;
}

/** When a failed call is made again. Only ever before the first delta. */
export interface RetryPolicy {
  /** How often to try again. Default 2. */
  retries?: number;
  /** First delay in ms; it doubles with each retry, with full jitter. Default 500. */
  baseDelayMs?: number;
  /** Longest delay in ms; a provider that asks for more ends the call with its error. Default 60,000. */
  maxDelayMs?: number;
}

/** What went over the wire, for debugging. Secrets are masked. `id` is that of the call, whose retries share it. */
export type WireEvent =
  /** A request is sent. `attempt` is counted from 1. */
  | {
      type: "request";
      id: string;
      attempt: number;
      method: string;
      url: string;
      headers: Record<string, string>;
      body: string;
    }
  /** The head of the answer is there, `durationMs` after the request was sent. */
  | { type: "response"; id: string; status: number; headers: Record<string, string>; durationMs: number }
  /** A piece of the answer's body. */
  | { type: "body"; id: string; text: string }
  /** The call is made again after `delayMs`, as attempt `attempt`, because of this error. */
  | { type: "retry"; id: string; attempt: number; delayMs: number; error: SluiceError }
  /** The call failed. */
  | { type: "error"; id: string; error: SluiceError }
  /** The call is over, `durationMs` after it began. */
  | { type: "end"; id: string; durationMs: number };

/** Settings of one call that are not part of what is asked. */
export interface CallOptions {
  /** The run, session, caller, trace and shared budget that this call belongs to. */
  context?: CallContext;
  /** Ends the call; the upstream connection closes at once. */
  signal?: AbortSignal;
  /** Limits on the phases of the call. Default: that of the model, field by field. */
  timeouts?: Timeouts;
  /** When a failed call is made again. Default: that of the model, field by field. */
  retry?: RetryPolicy;
  /** Extra HTTP headers; they win over the model's own. */
  headers?: Record<string, string>;
  /** Sees what goes over the wire, secrets masked. `SLUICE_LOG=debug` prints the same to stderr. */
  onWire?: (event: WireEvent) => void;
  /** `false` asks the provider for the whole answer at once; the stream then says `simulated`. Default true. */
  streaming?: boolean;
  /**
   * `false` keeps nothing of the answer: memory stays flat for an endless stream, and `fullText` and `message` are
   * refused. Default true.
   */
  retain?: boolean;
}

/** A model that a provider offers. */
export interface ModelInfo {
  /** As `model()` takes it, for example `openai/gpt-5`. */
  id: string;
  /** For people. */
  name?: string;
  /** Tokens. */
  contextWindow?: number;
  /** When it appeared, as ISO 8601. */
  created?: string;
}

/** What a message may hold beside text. */
export type InputKind = "image" | "audio" | "video" | "document";

/** What a provider's JSON schemas cannot say. An absent field is no limit. */
export interface SchemaLimits {
  /** `false`: a schema may not refer to itself. */
  recursion?: false;
  /** `false`: objects have no properties but those they name, and every value has a type. */
  open?: false;
  /** The most properties that may be missing, in all objects together. */
  optional?: number;
  /** The most values of several types, in all objects together. */
  unions?: number;
}

/** What a model can do. An absent field is unknown. */
export interface Capabilities {
  /** It streams; `false`: its answers are whole before they begin. */
  streaming?: boolean;
  /** It calls tools. */
  tools?: boolean;
  /** It holds its answer to a JSON schema by itself. */
  jsonSchema?: boolean;
  /** What its JSON schemas cannot say. */
  jsonSchemaLimits?: SchemaLimits;
  /** It goes on from an assistant message at the end of the request. */
  prefix?: boolean;
  /** What it takes beside text; files of other kinds are refused before the call. Empty: text only. */
  input?: readonly InputKind[];
}

/** A history that a service made shorter, in a form that only its own models can read. */
export interface CompactedHistory {
  /** They stand for what was compacted. */
  messages: ChatMessage[];
  usage: Usage;
}

/** Anything that answers a request with a stream of events: a provider, a fallback, a conversation, an agent, a workflow. */
export interface ChatModel {
  /** As people name it, for example `openai/gpt-5`. */
  readonly id: string;
  /** What it can do, where that is known. */
  readonly capabilities?: Capabilities;
  /**
   * Answers a request. Nothing happens before the stream is read or one of its promises is asked for.
   *
   * @throws {SluiceError} at once, before any network call, for a request that is not valid.
   */
  stream(request: ChatRequest, options?: CallOptions): ChatStream;
  /** The models that the same provider offers, where it can say. */
  list?(options?: CallOptions): Promise<ModelInfo[]>;
  /**
   * Has the service make a history shorter. Absent where the protocol of the service has no such call.
   *
   * @throws {SluiceError} as a stream ends.
   */
  compact?(request: ChatRequest, options?: CallOptions): Promise<CompactedHistory>;
  /**
   * Of a model that may ask another one several times within one stream, as a tool loop does: the same model, but each of
   * those calls goes through `wrap`. A guard that must see every call uses it. Absent: one stream is one call.
   */
  wrapCalls?(wrap: (model: ChatModel) => ChatModel): ChatModel;
}
