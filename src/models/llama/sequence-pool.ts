import type { LlamaContext, LlamaModel, LlamaSequence } from "./node-llama-cpp.js";

/** Settings of a pool. */
export interface PoolSettings {
  /** Tokens of a prompt and its answer, in each context. */
  contextSize: number | { max: number };
  threads: number;
  /** How many contexts there may be. */
  parallel: number;
}

interface Slot {
  context: LlamaContext;
  sequence: LlamaSequence;
}

interface Waiting {
  prompt: readonly number[];
  grant: (sequence: LlamaSequence) => void;
  refuse: (error: unknown) => void;
}

/**
 * Contexts of one model. They are made as they are needed, since each takes memory for all the tokens it may ever hold,
 * and kept: what a context still holds of an earlier prompt need not be read again. Who comes when all are in use waits.
 */
export class SequencePool {
  readonly #model: LlamaModel;
  readonly #settings: PoolSettings;
  readonly #slots: Slot[] = [];
  #free: LlamaSequence[] = [];
  #making = 0;
  /** Falls to what memory allows. */
  #most: number;
  readonly #queue: Waiting[] = [];

  constructor(model: LlamaModel, settings: PoolSettings) {
    this.#model = model;
    this.#settings = settings;
    this.#most = settings.parallel;
  }

  /**
   * A sequence of one's own until it is released: the free one that holds most of the prompt.
   *
   * @throws the signal's reason when it is aborted while waiting.
   */
  lease(prompt: readonly number[], signal: AbortSignal): Promise<LlamaSequence> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const place = this.#queue.indexOf(waiting);
        if (place >= 0) this.#queue.splice(place, 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        prompt,
        grant: (sequence) => {
          signal.removeEventListener("abort", leave);
          resolve(sequence);
        },
        refuse: (error) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
      this.#serve();
    });
  }

  /** Gives a sequence back. */
  release(sequence: LlamaSequence): void {
    this.#free.push(sequence);
    this.#serve();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#slots.map(({ context }) => context.dispose()));
  }

  #serve(): void {
    while (this.#free.length > 0) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      waiting.grant(this.#takeBest(waiting.prompt));
    }
    while (this.#queue.length > this.#making && this.#slots.length + this.#making < this.#most) this.#grow();
  }

  #takeBest(prompt: readonly number[]): LlamaSequence {
    const shared = (sequence: LlamaSequence) => sequence.compareContextTokens(prompt).firstDifferentIndex;
    const best = this.#free.reduce((a, b) => (shared(b) > shared(a) ? b : a));
    this.#free = this.#free.filter((sequence) => sequence !== best);
    return best;
  }

  #grow(): void {
    this.#making++;
    const { contextSize, threads } = this.#settings;
    this.#model
      .createContext({ contextSize, threads })
      .then((context) => {
        this.#making--;
        const sequence = context.getSequence();
        this.#slots.push({ context, sequence });
        this.release(sequence);
      })
      .catch((error: unknown) => {
        this.#making--;
        // Where there is memory for some, the others take turns.
        this.#most = Math.max(1, this.#slots.length);
        if (this.#slots.length === 0) this.#queue.shift()?.refuse(error);
        this.#serve();
      });
  }
}
