/** What has to be closed at the end, whatever happens between. */
export class Closing {
  readonly #steps: (() => unknown)[] = [];

  /** @param step is run by `close`, the last one first. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Runs all steps, those after a failed one as well. @throws what the first of them threw. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
