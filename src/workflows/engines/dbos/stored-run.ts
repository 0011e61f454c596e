import type { WorkflowStatus } from "@dbos-inc/dbos-sdk";
import { messageOf } from "../../../stream/error.js";
import type { WorkflowRunRecord } from "../engine.js";
import { contentsOf, LOG_STEP, type LogEntry, type RunContents, type RunInput, type RunStanding } from "./run-log.js";

/** What DBOS says of a run. */
export type StoredRun = Omit<WorkflowStatus, "input" | "output" | "error"> & {
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
};

/** A run as DBOS has it, as engines say it. */
export function recordOf(stored: StoredRun): WorkflowRunRecord {
  const { workflowID, createdAt, updatedAt, input } = stored;
  // Only this engine begins workflows of this name.
  const [{ workflow, inputs, document, format, owner }] = input as [RunInput];
  const { status, output, error, questions } = standing(stored);
  return {
    id: workflowID,
    workflow,
    status,
    ...(owner !== null && { owner }),
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt ?? createdAt).toISOString(),
    inputs,
    document,
    format,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    questions,
  };
}

function standing({
  status,
  output,
  error,
}: StoredRun): Pick<WorkflowRunRecord, "status" | "output" | "error" | "questions"> {
  switch (status) {
    case "SUCCESS": {
      const state = output as RunStanding;
      return {
        status: state.status,
        questions: state.questions,
        ...(state.status === "completed" && { output: state.output }),
      };
    }
    case "CANCELLED":
      return { status: "cancelled", questions: [] };
    case "ERROR":
    case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
      return { status: "failed", error: { code: codeOf(error), message: messageOf(error) }, questions: [] };
    default:
      return { status: "running", questions: [] };
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "protocol";
}

/** What a run has written, of its steps at DBOS. */
export function contentsOfSteps(steps: readonly { functionID: number; name: string; output: unknown }[]): RunContents {
  const ordered = steps.filter(({ name }) => name === LOG_STEP).sort((a, b) => a.functionID - b.functionID);
  return contentsOf(ordered.map(({ output }) => output as LogEntry));
}
