import { SluiceError } from "../../stream/error.js";

/** There is no such run. */
export function noRun(id: string): SluiceError {
  return new SluiceError("not-found", `there is no run ${JSON.stringify(id)}`, { field: "runId" });
}

/** There is a run of that id. */
export function runExists(id: string): SluiceError {
  return new SluiceError("conflict", `there is a run ${JSON.stringify(id)}`, { field: "runId" });
}

/** Somebody else runs it. */
export function runBusy(id: string, by: string): SluiceError {
  return new SluiceError("conflict", `the run ${id} is run by ${by}`, { retryable: true, field: "runId" });
}

/** Somebody else has taken it, or it was cancelled. */
export function runLost(id: string, cancelled: boolean): SluiceError {
  if (cancelled) return new SluiceError("cancelled", `the run ${id} was cancelled`);
  return new SluiceError("conflict", `the run ${id} was taken by another process`, { field: "runId" });
}

/** The question is not open. */
export function noQuestion(runId: string, questionId: string, answered: boolean): SluiceError {
  const message = answered
    ? `the question ${questionId} was answered: an answer is taken once`
    : `the run ${runId} has no question ${JSON.stringify(questionId)}`;
  return new SluiceError(answered ? "conflict" : "not-found", message, { field: "questionId" });
}
