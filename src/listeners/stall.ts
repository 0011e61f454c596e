/** How long what waits to be sent has waited without any of it going out. */
export class Stall {
  #pending = 0;
  #since = 0;

  /**
   * Looks at it once more.
   *
   * @param pending bytes that wait now.
   * @returns ms since some of them last went out; 0 while none wait.
   */
  look(pending: number, now: number): number {
    if (pending === 0 || pending !== this.#pending) {
      this.#pending = pending;
      this.#since = now;
    }
    return now - this.#since;
  }
}
