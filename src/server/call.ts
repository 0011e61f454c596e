import type { JsonValue } from "../base/json.js";
import type { Caller } from "./protect/caller.js";

/** One HTTP request, however it came in. */
export interface ServerCall {
  /** The request's id: the client's own where it gave a fit one, else a new one. */
  readonly id: string;
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who asks. */
  readonly caller: Caller;
  /** Aborted when the client leaves before its answer is whole. `onLeave` costs less. */
  readonly signal: AbortSignal;
  /** Calls back when the client leaves before its answer is whole; at once where it has left already. */
  onLeave(listener: () => void): void;
  /** A header, by its name in lower case. */
  header(name: string): string | undefined;
  /**
   * The body as JSON, within the server's limits.
   *
   * @throws {SluiceError} `invalid-request` for what is too large, too deep, no UTF-8, or no JSON.
   */
  json(): Promise<JsonValue>;
  /**
   * The body as it came, within the server's limits, for what is no JSON.
   *
   * @throws {SluiceError} `invalid-request` for what is too large.
   */
  bytes(): Promise<Uint8Array>;
}

/** One piece of an answer's body. */
export type BodyPiece = string | Uint8Array;

/** What an answer's body is made of while it is being made: pieces, pulled. */
export interface BodySource {
  /** The next piece; `undefined` at the end. One that is there is returned without a promise. What it throws breaks the answer off. */
  next(): BodyPiece | undefined | Promise<BodyPiece | undefined>;
  /** Nobody reads any more. */
  cancel(): void;
  /** A piece that keeps an idle connection alive, and that readers of this framing skip; absent if there is none. */
  readonly keepAlive?: string;
}

/** An HTTP answer. */
export interface ServerReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent for none. */
  readonly body?: BodyPiece | BodySource;
}

/** Answers one kind of request. */
export type Handle = (call: ServerCall) => Promise<ServerReply>;

/** A JSON answer. */
export function jsonReply(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): ServerReply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}
