import type { RunUse } from "../run-meter.js";

/** What was used under one name. */
export interface Tally {
  /** The name; `other` for what came after there were too many. */
  name: string;
  runs: number;
  failed: number;
  inputTokens: number;
  outputTokens: number;
  /** In USD, of the runs whose cost is known. */
  costUsd: number;
  /** Runs whose cost is not known. */
  unpriced: number;
}

/** Names that are counted by themselves. */
const MOST = 100;
const OTHER = "other";

/** Counts runs by a name (a model, a key), in bounded space. */
export class LabelTally {
  readonly #byName = new Map<string, Tally>();

  add(name: string, { usage, costUsd }: RunUse, failed: boolean): void {
    const tally = this.#at(name);
    tally.runs++;
    if (failed) tally.failed++;
    tally.inputTokens += usage.inputTokens ?? 0;
    tally.outputTokens += usage.outputTokens ?? 0;
    if (costUsd === undefined) tally.unpriced++;
    else tally.costUsd += costUsd;
  }

  /** All, those with most runs first. */
  get all(): Tally[] {
    return [...this.#byName.values()].sort((a, b) => b.runs - a.runs).map((tally) => ({ ...tally }));
  }

  #at(name: string): Tally {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= MOST && name !== OTHER) return this.#at(OTHER);
    const fresh: Tally = { name, runs: 0, failed: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 };
    this.#byName.set(name, fresh);
    return fresh;
  }
}
