import type { ChatMessage } from "../stream/message.js";
import { requestIdOf } from "../stream/request-id.js";
import { isSuspendedCall, suspendedCallOf } from "../stream/suspended-call.js";

/** Ids of requests for input. Some services use a call id in several answers; a request's id is never used twice. */
export class RequestIds {
  /** Those of the history included. */
  readonly #used: Set<string>;
  readonly #callPath: string | undefined;

  /** @param callPath of the loop itself, where it runs inside a call. */
  constructor(history: readonly ChatMessage[], callPath: string | undefined) {
    this.#used = new Set(history.flatMap(requestIdsIn));
    this.#callPath = callPath;
  }

  /** The id of a call's next request. */
  readonly next = (callId: string): string => {
    const id = requestIdOf(this.#callPath, callId, this.#used);
    this.#used.add(id);
    return id;
  };
}

function requestIdsIn({ content }: ChatMessage): string[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "input-request") return [part.id];
    return part.type === "opaque" && isSuspendedCall(part) ? [suspendedCallOf(part).path] : [];
  });
}
