import type { JsonObject, JsonValue } from "../../../base/json.js";
import type { NewRun, OpenQuestion, RunStatus, StepRecord } from "../engine.js";

/** What a run is begun with: the input of its workflow at DBOS, so that it carries its document. */
export type RunInput = Omit<NewRun, "id" | "owner" | "inputs" | "document"> & {
  inputs: JsonObject;
  document: JsonObject;
  owner: string | null;
};

/** How a run stands when nobody runs it: the output of its workflow at DBOS. */
export interface RunStanding {
  status: RunStatus;
  output: JsonValue;
  questions: OpenQuestion[];
}

/**
 * What a run has written. Each entry is one step of the run's workflow at DBOS, so that entries have one order: a run that
 * goes on reads what there is, and writes on from there.
 */
export type LogEntry =
  | { kind: "opened"; by: string }
  | { kind: "kept"; steps: StepRecord[]; notes: [key: string, value: JsonValue][] }
  | { kind: "forgot"; steps: string[]; notes: string[] };

/** The name of these steps at DBOS. */
export const LOG_STEP = "sluice.log";

/** What the entries of a run come to. */
export interface RunContents {
  steps: Map<string, StepRecord>;
  notes: Map<string, JsonValue>;
}

/** Applies entries in their order. */
export function contentsOf(entries: Iterable<LogEntry>): RunContents {
  const contents: RunContents = { steps: new Map(), notes: new Map() };
  for (const entry of entries) applyEntry(contents, entry);
  return contents;
}

/** Applies one more entry. */
export function applyEntry({ steps, notes }: RunContents, entry: LogEntry): void {
  switch (entry.kind) {
    case "opened":
      return;
    case "kept":
      for (const record of entry.steps) steps.set(record.key, record);
      for (const [key, value] of entry.notes) notes.set(key, value);
      return;
    case "forgot":
      for (const key of entry.steps) steps.delete(key);
      for (const key of entry.notes) notes.delete(key);
      return;
    default:
      entry satisfies never;
  }
}
