import type { SluiceError } from "../../stream/error.js";
import type { TextDecoding } from "../../stream/framing/text-decoding.js";

/** One HTTP request. */
export interface HttpRequest {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** Absolute, with its query. */
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Bytes, or text that is sent as UTF-8. */
  body?: string | Uint8Array<ArrayBuffer>;
  /** Called when a connection stands, reused or new. A transport that cannot tell calls it at once. */
  onConnect?: () => void;
}

/** Status and headers of an answer. */
export interface ResponseHead {
  /** The HTTP status. */
  status: number;
  /** Names in lower case; several of one name are joined with `, `. */
  headers: Readonly<Record<string, string>>;
}

/**
 * One request and its answer. State rather than promises: a stream asks what is there, and waits only when there is
 * nothing, so that a network read costs one promise.
 *
 * Bytes are pulled: beyond what was taken, at most two network reads are buffered here; then the socket is paused.
 */
export interface Exchange {
  /** `undefined` until it arrives. */
  readonly head: ResponseHead | undefined;
  /** Nothing more will come: the body is complete, or `failure` says why it is not. Bytes may still wait to be taken. */
  readonly over: boolean;
  /** Why the exchange did not end well; `undefined` while it runs, and where it did. */
  readonly failure: SluiceError | undefined;
  /** What arrived since the last time, in order: a network read may come in several pieces. Often empty. */
  take(): readonly Uint8Array[];
  /** Resolves when something has changed: head, bytes, or end. Never rejects. `undefined` when bytes or the end are there. */
  wait(): Promise<void> | undefined;
  /**
   * The rest is of no interest: it is read and dropped, so that the connection can be used again, unless it is long or
   * slow; then the connection is closed.
   */
  release(): void;
  /** Ends the exchange with this failure; the connection closes at once. Does nothing once it is over. */
  close(failure: SluiceError): void;
}

/** The way to send requests. */
export interface Transport {
  /** Sends a request. Failures come through the exchange. */
  open(request: HttpRequest): Exchange;
  /** A faster decoder than the platform's own for the bytes of this transport. */
  readonly decoding?: () => TextDecoding;
}

/** Bytes that may wait to be taken before the socket is paused: two network reads. */
export const HELD_BYTES = 128 * 1024;

/** How much may follow the end of an answer for its connection to be used again, in bytes and in ms. */
export const REST_BYTES = 16 * 1024;
export const REST_MS = 500;
