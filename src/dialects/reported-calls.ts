/**
 * The calls of one answer that were reported, so that each is reported once and under an id of its own: servers give all calls one
 * id, say a call again in their last frame, or say the whole answer twice.
 */
export class ReportedCalls {
  readonly #reported = new Map<string, string>();

  /**
   * The id under which a call is to be reported; `undefined` where the same call was reported before.
   *
   * @param input its arguments as text.
   */
  admit(callId: string, name: string, input: string): string | undefined {
    const call = `${name}\n${input}`;
    const before = this.#reported.get(callId);
    if (before === call) return undefined;
    const id = before === undefined ? callId : this.#fresh(callId, call);
    if (id !== undefined) this.#reported.set(id, call);
    return id;
  }

  /** Whether a call was reported under an id. */
  has(callId: string): boolean {
    return this.#reported.has(callId);
  }

  /** An id that no call has; `undefined` where one of those made before is this very call. */
  #fresh(callId: string, call: string): string | undefined {
    for (let n = 2; ; n++) {
      const id = `${callId}_${n}`;
      const before = this.#reported.get(id);
      if (before === undefined) return id;
      if (before === call) return undefined;
    }
  }
}
