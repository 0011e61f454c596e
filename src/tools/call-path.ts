import type { OpenCall } from "./history.js";

/** The call ids that lead to a call, and its own: the same when it is resumed. */
export class CallPath {
  readonly id: string;
  readonly #callId: string;
  readonly #requestId: (callId: string) => string;
  /** Whether a request about the call has the path as its id. */
  #used: boolean;

  /**
   * @param requestId an id that no request has yet, about a call.
   * @param resumed what was asked about the call before.
   */
  constructor(callId: string, requestId: (callId: string) => string, resumed: OpenCall | undefined) {
    const [first] = resumed?.requests ?? [];
    this.id = resumed?.suspended?.path ?? first?.id ?? requestId(callId);
    this.#callId = callId;
    this.#requestId = requestId;
    this.#used = first !== undefined;
  }

  /** The id of one more request. The first about a call has the id that is the call's path; those after it are numbered. */
  nextRequestId(): string {
    if (this.#used) return this.#requestId(this.#callId);
    this.#used = true;
    return this.id;
  }
}
