import type { Readable } from "node:stream";
import { type Clock, wait } from "../../base/clock.js";
import type { LogSource } from "./prefixed-log.js";

/** How long an output that nobody should hold any more may be silent before it is closed, in ms. */
const SILENCE_MS = 1_000;

/** Passes a process's output on to a log, no faster than that takes it. */
export class OutputCopy {
  /** Resolves when all of it is passed on. */
  readonly over: Promise<void>;
  readonly #output: Readable;
  #isWriting = false;
  #pieces = 0;

  constructor(output: Readable, log: LogSource) {
    this.#output = output.setEncoding("utf8");
    this.over = this.#copy(log);
  }

  /**
   * Waits for the end of an output whose process has ended. A process that left its group may hold it open: it is closed
   * then as soon as nothing comes and nothing waits to be written.
   */
  async finish(clock: Clock): Promise<void> {
    const over = new AbortController();
    void this.over.then(() => over.abort());
    for (let before = -1; !over.signal.aborted; ) {
      if (before === this.#pieces && !this.#isWriting) this.#output.destroy();
      before = this.#pieces;
      await wait(SILENCE_MS, clock, over.signal).catch(() => {});
    }
  }

  async #copy(log: LogSource): Promise<void> {
    try {
      for await (const text of this.#output) {
        this.#pieces++;
        this.#isWriting = true;
        await log.push(text);
        this.#isWriting = false;
      }
    } catch {
      // It was closed: what was written until then is passed on.
    }
    await log.end();
  }
}
