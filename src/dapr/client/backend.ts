import type { ChatModel } from "../../stream/chat-model.js";
import type { ErrorCode, SluiceError } from "../../stream/error.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { isComponentFailure } from "../converse/read-api-error.js";
import type { RouteRetry } from "./route-attempts.js";

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
  routes(target: ConverseTarget, streaming: boolean): BackendCall[];
}

/** One way to call an endpoint. */
export interface BackendCall {
  model: ChatModel;
  /** For the log, for example `streamed over gRPC`. */
  how: string;
  /** Whether the next route may help where this one failed before any content. */
  passesOn(error: SluiceError): boolean;
  /** How it is tried again; absent where the model does so itself. */
  retry?: RouteRetry;
}

/** There is no connection: nothing was asked yet. */
const NO_CONNECTION: readonly ErrorCode[] = ["connect-failed", "connect-timeout"];

/** Nobody says who listens there, or what does so is something else. */
const NOBODY: readonly ErrorCode[] = [
  ...NO_CONNECTION,
  "first-byte-timeout",
  "idle-timeout",
  "truncated",
  "malformed-frame",
  "frame-too-large",
];

/** Whether somebody who was asked what they are is not there, so that the next one may be asked. */
export function isNobody(error: SluiceError): boolean {
  return NOBODY.includes(error.code);
}

/** Whether a question did not reach anybody, so that the next one may be asked: no model has been. */
export function isUnreached(error: SluiceError): boolean {
  return NO_CONNECTION.includes(error.code);
}

/** What may be the way of asking: a sidecar that has no such call, or something between that does not let streams pass. */
const WAY: readonly ErrorCode[] = ["unsupported", "truncated", "malformed-frame", "frame-too-large", "provider-error"];

/** Whether a streamed answer that failed before any content is asked for whole; never what the component failed with. */
export function mayBeWhole(error: SluiceError): boolean {
  return WAY.includes(error.code) && !isComponentFailure(error);
}
