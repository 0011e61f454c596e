import { mainOf } from "./main-of.js";
import type { StepSource } from "./step-source.js";

/** Whether a step makes something under this name. */
export function makes(source: StepSource, field: string): boolean {
  const { outputs, type, config } = source;
  const fields = type.fields?.({ config }) ?? [];
  return (
    outputs.has(field) ||
    Object.hasOwn(type.results, field) ||
    // What is not known before it runs may be anything.
    (type.openResults === true && fields.length === 0) ||
    fields.includes(field) ||
    field === mainOf(source) ||
    Object.hasOwn(FAILURE, field)
  );
}

/** What every step makes when it fails and the run goes on. */
const FAILURE = { error: "", error_code: "", success: "" };
