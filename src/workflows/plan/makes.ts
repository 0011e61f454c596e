import { mainOf } from "./main-of.js";
import type { StepSource } from "./step-source.js";

/** Whether a step makes something under this name. */
export function makes(source: StepSource, field: string): boolean {
  const { outputs, type } = source;
  return (
    outputs.has(field) ||
    Object.hasOwn(type.results, field) ||
    type.openResults === true ||
    field === mainOf(source) ||
    Object.hasOwn(FAILURE, field)
  );
}

/** What every step makes when it fails and the run goes on. */
const FAILURE = { error: "", error_code: "", success: "" };
