/**
 * An `AbortController` that is made when somebody first asks for its signal: making one costs more than most calls that never
 * look at it.
 */
export class LazyAbort {
  #controller: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** What it was aborted with. */
  get reason(): unknown {
    return this.#aborted?.reason;
  }

  /** The first reason counts, as with an `AbortController`. */
  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
