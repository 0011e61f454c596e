import type { StepRun } from "./step-run.js";

/** An attempt of those that streamed. */
export interface StreamingAttempt {
  /** Counted from 1, over all processes that had the run. */
  number: number;
  /** Whether something of the attempt before is void that a reader may have, also one of an earlier process. */
  voids: boolean;
}

/** An attempt that begins to stream. */
interface Streaming {
  /** The id of the step, or of its item. */
  key: string;
  /** Which attempt of this process it is, counted from 1. */
  attempt: number;
  /** It goes on with what the attempt before streamed in another process: that is not void. */
  goesOn: boolean;
}

/** Counts an attempt that streams, also over the processes before this one, and writes that down. */
export async function countStreaming(run: StepRun, { key, attempt, goesOn }: Streaming): Promise<StreamingAttempt> {
  const { journal } = run.plan.core;
  const here = run.streamed.has(key);
  run.streamed.add(key);
  if (journal === undefined) return { number: attempt, voids: here };
  const name = `attempt:${key}`;
  const before = journal.note(name);
  const number = (typeof before === "number" ? before : 0) + 1;
  await journal.setNote(name, number);
  return { number, voids: number > 1 && (here || !goesOn) };
}
