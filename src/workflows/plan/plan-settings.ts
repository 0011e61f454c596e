import type { JsonValue } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import type { StepType } from "../steps/step-type.js";

/** What a plan is compiled with. */
export interface PlanSettings {
  types: ReadonlyMap<string, StepType>;
  findings: Findings;
  /** Inputs and variables that the workflow declares. */
  variables: readonly string[];
  maxIterations: number;
  /** Instructions for the steps that ask a model and name none. */
  systemMessage?: JsonValue;
}
