import type { StepReference } from "../format/value.js";
import type { StepOutline } from "../steps/step-type.js";
import type { PlannedStep } from "./plan.js";
import type { StepSource } from "./step-source.js";

/** A step with everything that its flow needs, while a plan is made. */
export interface StepDraft {
  source: StepSource;
  planned: Omit<PlannedStep, "needs" | "gates">;
  references: StepReference[];
}

/** What a step type sees of a step before it runs. */
export function outlineOf({ id, config, inputs, outputs }: StepSource): StepOutline {
  return { id, config, inputs, outputs: [...outputs.keys()] };
}
