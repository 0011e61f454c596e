import type { RunLog } from "../runs/run-log.js";

/** Ends a run, wherever it is written, and waits for its end. Does nothing to one that is over. */
export async function endRun(log: RunLog, run: string, reason: string): Promise<void> {
  if (!(await log.stop(run, reason))) return;
  const reader = await log.read(run);
  while ((await reader.next()) !== undefined);
}
