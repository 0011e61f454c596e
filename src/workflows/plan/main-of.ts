import type { StepSource } from "./step-source.js";

/** The name of a step's main result. */
export function mainOf({ id, type, config, inputs, outputs }: StepSource): string {
  return typeof type.main === "string" ? type.main : type.main({ id, config, inputs, outputs: [...outputs.keys()] });
}
