import type { SluiceError } from "../../stream/error.js";
import type { Usage } from "../../stream/usage.js";
import type { Score } from "./scorer.js";

/** How one case went. */
export interface EvalResult {
  /** The case's name, or its number. */
  name: string;
  /** Every score is at least the threshold, and the run did not fail. */
  passed: boolean;
  /** By the scorer's name. */
  scores: Readonly<Record<string, Score>>;
  /** What was answered; absent where the run failed. */
  value?: unknown;
  /** Why the run failed. */
  error?: SluiceError;
}

/** How an evaluation went. */
export class EvalReport {
  /** In the order of the cases. */
  readonly results: readonly EvalResult[];
  /** Tokens of the agent's runs that did not fail; those of judges are not in it. */
  readonly usage: Usage;

  constructor(results: readonly EvalResult[], usage: Usage) {
    this.results = results;
    this.usage = usage;
  }

  /** Whether every case passed. */
  get passed(): boolean {
    return this.results.every(({ passed }) => passed);
  }

  /** The mean of each scorer over all cases. */
  get means(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { scores } of this.results) {
      for (const [name, { score }] of Object.entries(scores)) sums[name] = (sums[name] ?? 0) + score;
    }
    for (const name of Object.keys(sums)) sums[name] = (sums[name] ?? 0) / this.results.length;
    return sums;
  }

  /** A line a case, with the reasons of those that did not pass, and a line of means. */
  toString(): string {
    const passed = this.results.filter((one) => one.passed).length;
    const means = Object.entries(this.means).map(([name, mean]) => `${name} ${rounded(mean)}`);
    return [...this.results.map(line), `${passed} of ${this.results.length} passed; ${means.join(", ")}`].join("\n");
  }
}

function line({ name, passed, scores, error }: EvalResult): string {
  const parts = Object.entries(scores).map(([scorer, { score, reason }]) => {
    const why = passed || reason === undefined ? "" : ` (${reason})`;
    return `${scorer} ${rounded(score)}${why}`;
  });
  const failure = error === undefined ? "" : `; ${error.message}`;
  return `${passed ? "passed" : "failed"} ${name}: ${parts.join(", ")}${failure}`;
}

function rounded(score: number): string {
  return String(Math.round(score * 100) / 100);
}
