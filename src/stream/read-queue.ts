/**
 * Lets reads follow one another that were asked for at once, which any iterator allows. A read that nobody overtakes costs it
 * nothing but a look.
 */
export class ReadQueue {
  #waiting = false;
  /** How many reads wait for their turn. */
  #queued = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Whether a read waits for a promise. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Whether a read must go through `after`. */
  get busy(): boolean {
    return this.#waiting || this.#queued > 0;
  }

  /** A read waits for a promise, which calls `settled` before anybody sees its outcome. */
  waits<T>(read: Promise<T>): Promise<T> {
    this.#waiting = true;
    // What is queued already has its place behind this one.
    if (this.#queued === 0) this.#last = read;
    return read;
  }

  /** What was waited for is there. */
  settled(): void {
    this.#waiting = false;
  }

  /** Reads when all those before have settled. */
  after<T>(read: () => T | Promise<T>): Promise<T> {
    this.#queued++;
    const inTurn = () => {
      this.#queued--;
      return read();
    };
    const result = this.#last.then(inTurn, inTurn);
    this.#last = result;
    return result;
  }
}
