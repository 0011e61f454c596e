import { mainOf } from "./main-of.js";
import { within, wordsOf } from "./name-words.js";
import type { StepSource } from "./step-source.js";

/** A step's output that a name could mean. */
export interface Candidate {
  source: StepSource;
  output: string;
  score: number;
}

/** An output, and the words that its name is compared by. */
export interface Offer extends Omit<Candidate, "score"> {
  words: ReadonlySet<string>;
  stepWords: ReadonlySet<string>;
  /** Whether it is its step's first. */
  isFirst: boolean;
}

/** How much a candidate resembles a name. */
const SAME = 4;
const QUALIFIED = 3;
const RESEMBLES = 2;
export const ABOUT = 1;

/** What a step offers to names. */
export function offersOf(source: StepSource): Offer[] {
  const outputs = source.outputs.size > 0 ? [...source.outputs.keys()] : [mainOf(source)];
  const stepWords = wordsOf(source.id);
  return outputs.map((output, index) => ({ source, output, words: wordsOf(output), stepWords, isFirst: index === 0 }));
}

/** How much a name resembles an offer; 0: not at all. */
export function scoreOf(
  wanted: ReadonlySet<string>,
  output: ReadonlySet<string>,
  step: ReadonlySet<string>,
  isFirst: boolean,
): number {
  if (within(wanted, output) && within(output, wanted)) return SAME;
  const rest = new Set([...wanted].filter((word) => !output.has(word)));
  if (within(output, wanted)) return within(rest, step) ? QUALIFIED : RESEMBLES;
  if (within(wanted, output)) return RESEMBLES;
  return isFirst && within(wanted, step) ? ABOUT : 0;
}
