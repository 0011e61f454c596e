import type { AnswerTurn } from "./records.js";

/** How far an answer has come. */
export interface AnswerProgress {
  readonly state: AnswerTurn["state"];
  /** How many runs it has had. */
  readonly legs: number;
  /** The id of the last one; empty where it has none. */
  readonly run: string;
  /** The number of the last event of it that is kept; -1 for none. */
  readonly seq: number;
}

/** What a tab does about an answer of which another one tells. */
export type AnswerChoice =
  /** Reads it, and shows it in the place of its own. */
  | "read"
  /** Keeps its own again: a tab that was left has kept less than there was. */
  | "keep"
  | "nothing";

/**
 * @param own what this tab has.
 * @param told what the other one has; `begun` whether its run can be followed.
 * @param following whether this tab takes the events from the server itself, and whether it has lost them.
 */
export function choiceOf(
  own: AnswerProgress,
  { progress, begun }: { progress: AnswerProgress; begun: boolean },
  following: "no" | "yes" | "lost",
): AnswerChoice {
  const ahead = isAhead(progress, own);
  const another = own.legs !== progress.legs || own.run !== progress.run;
  if (own.state !== "running") {
    if (isAhead(own, progress)) return "keep";
    return ahead && (another || own.state === "failed") ? "read" : "nothing";
  }
  if (following === "no") return begun ? "read" : "nothing";
  const over = following === "lost" && progress.state !== "running";
  return ahead && (another || over) ? "read" : "nothing";
}

export function progressOf({ state, legs }: AnswerTurn): AnswerProgress {
  const { run = "", seq = -1 } = legs.at(-1)?.place ?? {};
  return { state, legs: legs.length, run, seq };
}

/** Whether what one tab has of an answer is to stay, where another one comes with its own. */
export function isAhead(kept: AnswerProgress, own: AnswerProgress): boolean {
  if (kept.legs !== own.legs) return kept.legs > own.legs;
  // Two tabs have asked for the rest of it: the first one has it.
  if (kept.run !== own.run) return kept.run !== "";
  if (kept.seq !== own.seq) return kept.seq > own.seq;
  return kept.state !== "running" && own.state === "running";
}
