import type { JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { RunJournal, RunStatus } from "../engines/engine.js";

/** How often a run is taken over while none of its steps ends, where nobody says it. */
export const MAX_TAKEOVERS = 10;

const NOTE = "takeovers";

/**
 * Counts how often a run was taken from a process that died, since a step of it last ended. A run that somebody goes on with
 * after it waited or failed begins anew.
 *
 * @param before how the run stood when it was taken.
 * @throws {SluiceError} `run-lost` for one time too many: the run itself ends its processes.
 */
export async function countTakeover(journal: RunJournal, before: RunStatus, most: number): Promise<void> {
  const known = taken(journal.note(NOTE));
  if (before !== "running") {
    if (known.times > 0) await journal.setNote(NOTE, { times: 0, steps: 0 });
    return;
  }
  const steps = journal.stepCount;
  const times = known.steps === steps ? known.times + 1 : 1;
  await journal.setNote(NOTE, { times, steps });
  if (times <= most) return;
  const message = `the processes that ran it died ${times} times in a row, and no step ended in between: it is not taken over again`;
  throw new SluiceError("run-lost", `${message} (maxTakeovers: ${most})`);
}

function taken(note: JsonValue | undefined): { times: number; steps: number } {
  if (typeof note !== "object" || note === null || Array.isArray(note)) return { times: 0, steps: 0 };
  return { times: Number(note.times), steps: Number(note.steps) };
}
