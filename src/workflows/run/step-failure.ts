import { SluiceError } from "../../stream/error.js";
import type { PlannedStep } from "../plan/plan.js";

/** The error of a run that a step's failure ends: it names the step, and is otherwise the step's own. */
export function stepFailure(step: PlannedStep, key: string, thrown: unknown): SluiceError {
  const error = SluiceError.from(thrown, "tool-failed");
  if (named.has(error)) return error;
  const message = `step ${key} (${step.type.type}): ${error.message}`;
  const { code, retryable, retryAfterMs, status, providerMessage, providerCode, requestId, model, output } = error;
  const details = { retryAfterMs, status, providerMessage, providerCode, requestId, model, output };
  const kept = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  const failure = new SluiceError(code, message, { ...kept, retryable, field: step.path, cause: error });
  named.add(failure);
  return failure;
}

/** Errors that name their step: the steps around it add nothing. */
const named = new WeakSet<SluiceError>();
