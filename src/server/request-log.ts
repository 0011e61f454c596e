import type { ErrorCode } from "../stream/error.js";
import type { Usage } from "../stream/usage.js";

/** What is logged of a request. No prompt, answer or key is in it. */
export interface RequestLog {
  /** When it was over, as ISO 8601. */
  time: string;
  /** The request's id, which its answer has in `x-request-id`. */
  id: string;
  /** The HTTP method. */
  method: string;
  /** Without the query, where keys may stand. */
  path: string;
  /** The HTTP status; 499 if the client left before there was one. */
  status: number;
  /** From the request's head to the end of its answer. */
  durationMs: number;
  /** The name of the caller's key. */
  caller: string;
}

/** What is logged of an answer when it is over, whoever was there to read it. */
export interface RunLogEntry {
  /** When it was over, as ISO 8601. */
  time: string;
  /** The id of the request that began it. */
  id: string;
  /** The name of the caller's key. */
  caller: string;
  /** What was asked, by the name that it is served under. */
  model: string;
  /** The run's id; absent where the answer was none, as with embeddings. */
  run?: string;
  /** Tokens, as far as they are known; those of answers that were cut off as well. */
  usage: Usage;
  /** Whether tokens were counted here, since the answer was cut off before its provider reported all of them. */
  estimated?: true;
  /** In USD; absent where a price is not known. */
  costUsd?: number;
  /** What routes decided, as in the header `x-sluice-route`; absent where none did. */
  route?: string;
  /** Why it ended before it was whole. */
  error?: ErrorCode;
}
