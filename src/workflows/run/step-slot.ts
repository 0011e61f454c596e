import type { SluiceError } from "../../stream/error.js";
import type { PlannedStep } from "../plan/plan.js";
import type { StepResult } from "../steps/step-type.js";
import type { LiveText } from "./live-text.js";

/** Where a step stands. */
type StepState = "pending" | "running" | "waiting" | "completed" | "skipped" | "failed";

/** A step of a plan that is being run. */
export interface StepSlot {
  readonly step: PlannedStep;
  state: StepState;
  results: StepResult | undefined;
  /** How often it has begun. */
  rounds: number;
  /** What it made in earlier rounds. */
  history: StepResult[];
  /** Chosen by a step that leads to it. */
  chosen: boolean;
  /** Its text, while others read it. */
  live: LiveText | undefined;
}

/** Whether a step is over, one way or another. */
export function isSettled({ state }: StepSlot): boolean {
  return state === "completed" || state === "skipped" || state === "failed";
}

/** What a step made that failed where the run goes on. */
export function failedResults(step: PlannedStep, error: SluiceError): StepResult {
  const results: StepResult = { error: error.message, error_code: error.code, success: false };
  const main = typeof step.type.main === "string" ? step.type.main : "result";
  results[main] = step.onError.action === "continue" ? step.onError.value : null;
  return results;
}
