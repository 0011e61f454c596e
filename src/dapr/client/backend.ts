import type { ChatModel } from "../../stream/chat-model.js";
import type { ErrorCode, SluiceError } from "../../stream/error.js";
import type { ConverseTarget } from "../converse/converse-options.js";

/** Where conversations may be answered: a sidecar at one address, or component files in this process. */
export interface Backend {
  /** For the log and for errors, for example `the sidecar at http://127.0.0.1:3500 (HTTP)`. */
  readonly name: string;
  /**
   * Who answers there. Kept for a while.
   *
   * @throws {SluiceError} where nobody does.
   */
  open(): Promise<Endpoint>;
  close(): Promise<void>;
}

/** Somebody who answers conversations. */
export interface Endpoint {
  /** Its conversation components by name; `undefined` where it does not say. */
  readonly components: readonly string[] | undefined;
  /** Whether files reach this component of it. */
  takesFiles(component: string): boolean;
  /**
   * The routes to ask it, the best first.
   *
   * @param streaming whether the caller wants pieces rather than the whole answer.
   */
  routes(target: ConverseTarget, streaming: boolean): Route[];
}

/** One way to ask. */
export interface Route {
  model: ChatModel;
  /** For the log, for example `streamed over gRPC`. */
  how: string;
  /** Whether the next way may help where this one failed before it said anything. */
  passesOn(error: SluiceError): boolean;
}

/** The connection failed, or what came over it was no answer: somebody else may give one. */
const NO_ANSWER: readonly ErrorCode[] = [
  "connect-failed",
  "connect-timeout",
  "first-byte-timeout",
  "idle-timeout",
  "truncated",
  "malformed-frame",
  "frame-too-large",
];

/** Whether nobody answered, rather than that an answer was an error. */
export function isUnanswered(error: SluiceError): boolean {
  return NO_ANSWER.includes(error.code);
}

/** What a whole answer could not put right either. */
const FINAL: readonly ErrorCode[] = [
  "invalid-argument",
  "invalid-request",
  "cancelled",
  "blocked",
  "guard-failed",
  "authentication",
  "permission",
  "missing-key",
  "not-found",
  "rejected",
  "context-length",
  "quota",
  "connect-failed",
  "connect-timeout",
  "total-timeout",
  "protocol",
];

/** Whether a streamed answer that failed before it said anything is asked for whole. */
export function mayBeWhole(error: SluiceError): boolean {
  return !FINAL.includes(error.code);
}
