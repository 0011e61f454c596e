/** What a chain needs to know of a run. */
interface KeptRun {
  readonly run: string;
  /** What is kept of it, in bytes. */
  readonly bytes: number;
}

/** Runs of which each follows another. They are kept, and forgotten, as one. */
interface Chain<Run> {
  /** Those that have ended, in the order in which they did. */
  ended: Map<string, Run>;
  /** Those that have not. */
  running: number;
  /** When the last of them ended, in ms since the epoch. */
  endedAt: number;
  /** Grows with each that begins or ends. */
  age: number;
}

/** Which ended runs are kept, for how long and how much of them: a run that follows another keeps it for as long as itself. */
export class RunChains<Run extends KeptRun> {
  readonly #keepMs: number;
  readonly #maxBytes: number;
  readonly #onForgotten: (run: Run) => void;
  readonly #chains = new Map<string, Chain<Run>>();
  /** Those of which nothing runs: the one that ended first stands first. */
  readonly #over = new Set<Chain<Run>>();
  /** Those of which something has ended, and something runs: the one that something happened to last stands last. */
  readonly #going = new Set<Chain<Run>>();
  #bytes = 0;
  #age = 0;

  /** @param maxBytes of all ended runs. @param onForgotten called with each run that is not kept any more. */
  constructor(keepMs: number, maxBytes: number, onForgotten: (run: Run) => void) {
    this.#keepMs = keepMs;
    this.#maxBytes = maxBytes;
    this.#onForgotten = onForgotten;
  }

  /** A run begins. @param follows the run that it goes on from; one that is not kept is ignored. */
  begin(run: string, follows?: string): void {
    const known = follows === undefined ? undefined : this.#chains.get(follows);
    const chain = known ?? { ended: new Map(), running: 0, endedAt: 0, age: 0 };
    chain.running++;
    this.#chains.set(run, chain);
    this.#place(chain);
  }

  /** A run has ended. */
  end(run: Run): void {
    const chain = this.#chains.get(run.run);
    if (chain === undefined) return;
    chain.running--;
    chain.ended.set(run.run, run);
    this.#bytes += run.bytes;
    if (chain.running === 0) chain.endedAt = Date.now();
    this.#place(chain);
  }

  /** Forgets an ended run, and no other of its chain; whether there was one. */
  forget(run: string): boolean {
    const chain = this.#chains.get(run);
    const ended = chain?.ended.get(run);
    if (chain === undefined || ended === undefined) return false;
    this.#chains.delete(run);
    chain.ended.delete(run);
    this.#bytes -= ended.bytes;
    if (chain.ended.size === 0) {
      this.#over.delete(chain);
      this.#going.delete(chain);
    }
    this.#onForgotten(ended);
    return true;
  }

  /** Forgets the chains that are too old, and those that are too much: first that to which nothing happened for longest. */
  sweep(): void {
    const old = Date.now() - this.#keepMs;
    for (const chain of this.#over) {
      if (chain.endedAt > old) break;
      this.#forgetAll(chain);
    }
    while (this.#bytes > this.#maxBytes) {
      const [over] = this.#over;
      const [going] = this.#going;
      const first = over === undefined || (going !== undefined && going.age < over.age) ? going : over;
      if (first === undefined) return;
      this.#forgetAll(first);
    }
  }

  /** Forgets everything, and tells nobody. */
  clear(): void {
    this.#chains.clear();
    this.#over.clear();
    this.#going.clear();
    this.#bytes = 0;
  }

  /** Something has happened to a chain. */
  #place(chain: Chain<Run>): void {
    chain.age = ++this.#age;
    this.#over.delete(chain);
    this.#going.delete(chain);
    if (chain.ended.size > 0) (chain.running > 0 ? this.#going : this.#over).add(chain);
  }

  #forgetAll(chain: Chain<Run>): void {
    for (const run of [...chain.ended.keys()]) this.forget(run);
  }
}
