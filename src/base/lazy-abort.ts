/**
 * An `AbortController` that is made when somebody first asks for its signal: making one costs more than most calls that never
 * look at it.
 */
export class LazyAbort {
  #controller: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;
  /** Made when it is needed, like the controller. */
  #listeners: (() => void)[] | undefined;

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
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  /** Calls the listener when it is aborted; returns how to call that off. Not called where it is aborted already. */
  onAbort(listener: () => void): () => void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners?.indexOf(listener) ?? -1;
      if (at !== -1) this.#listeners?.splice(at, 1);
    };
  }

  /**
   * The promise's outcome, or the reason as soon as it is aborted. What comes later is nobody's.
   *
   * @param onAbort called when it is aborted first.
   */
  race<T>(promise: Promise<T>, onAbort?: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = () => {
        onAbort?.();
        reject(this.reason);
      };
      const callOff = this.onAbort(giveUp);
      if (this.aborted) giveUp();
      promise.then(
        (value) => {
          callOff();
          resolve(value);
        },
        (thrown: unknown) => {
          callOff();
          reject(thrown);
        },
      );
    });
  }
}
