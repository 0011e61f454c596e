import { type Envelope, endsRun, newsAfter } from "../stream/envelope.js";
import type { MemoryRun } from "./memory-run.js";
import type { RunReader } from "./run-log.js";

/** Reads a run that is in this process's memory. */
export class MemoryRunReader implements RunReader {
  readonly #run: MemoryRun;
  /** Of the next entry. */
  #index: number;
  readonly #after: number;
  #ended = false;
  #waiting: { resolve: (envelope: Envelope | undefined) => void; reject: (thrown: unknown) => void } | undefined;

  constructor(run: MemoryRun, index: number, after: number) {
    this.#run = run;
    this.#index = index;
    this.#after = after;
  }

  /** How many bytes were written and not yet read. */
  get behind(): number {
    return this.#run.bytesFrom(this.#index);
  }

  next(): Envelope | undefined | Promise<Envelope | undefined> {
    if (this.#ended) return undefined;
    const envelope = this.#take();
    if (envelope !== undefined || this.#ended) return envelope;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** The run has something new. */
  wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    try {
      const envelope = this.#take();
      if (envelope === undefined && !this.#ended) return;
      this.#waiting = undefined;
      waiting.resolve(envelope);
    } catch (thrown) {
      this.#waiting = undefined;
      waiting.reject(thrown);
    }
  }

  cancel(): void {
    this.#leave();
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
  }

  /** The next entry that says something new, if there is one. */
  #take(): Envelope | undefined {
    for (let envelope = this.#read(); envelope !== undefined; envelope = this.#read()) {
      this.#index++;
      if (endsRun(envelope)) this.#leave();
      else this.#run.paced();
      const news = newsAfter(envelope, this.#after);
      if (news !== undefined) return news;
    }
    if (this.#run.state !== "running") this.#leave();
    return undefined;
  }

  #read(): Envelope | undefined {
    if (this.#ended) return undefined;
    try {
      return this.#run.entry(this.#index);
    } catch (thrown) {
      this.#leave();
      throw thrown;
    }
  }

  #leave(): void {
    this.#ended = true;
    this.#run.left(this);
  }
}
