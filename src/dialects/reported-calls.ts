/**
 * The calls of one answer that were told, so that each is told once and under an id of its own: servers give all calls one
 * id, say a call again in their last frame, or say the whole answer twice.
 */
export class ReportedCalls {
  readonly #reported = new Map<string, string>();

  /**
   * The id under which a call is to be told; `undefined` where the same call was told before.
   *
   * @param input its arguments as text.
   */
  admit(callId: string, name: string, input: string): string | undefined {
    const said = `${name}\n${input}`;
    const before = this.#reported.get(callId);
    if (before === said) return undefined;
    const id = before === undefined ? callId : this.#fresh(callId, said);
    if (id !== undefined) this.#reported.set(id, said);
    return id;
  }

  /** Whether a call was told under an id. */
  has(callId: string): boolean {
    return this.#reported.has(callId);
  }

  /** An id that no call has; `undefined` where one of those made before is this very call. */
  #fresh(callId: string, said: string): string | undefined {
    for (let n = 2; ; n++) {
      const id = `${callId}_${n}`;
      const before = this.#reported.get(id);
      if (before === undefined) return id;
      if (before === said) return undefined;
    }
  }
}
