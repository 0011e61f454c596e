import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { StepType } from "../steps/step-type.js";
import type { StepSource } from "./step-source.js";

/** A step that stands inside of another one, and can be read from outside of it. */
export interface InnerStep {
  /** The step that it stands in. */
  source: StepSource;
  /** The result of that step in which this one's are. */
  inside: string;
  /** What it makes where no result is named. */
  main: string | undefined;
}

/** The steps inside of steps that run once, by their ids. An id that occurs twice is left out. */
export function innerSteps(
  steps: readonly StepSource[],
  types: ReadonlyMap<string, StepType>,
): ReadonlyMap<string, InnerStep> {
  const found = new Map<string, InnerStep>();
  const twice = new Set<string>();
  for (const source of steps) {
    const { inside, bodies = [] } = source.type;
    if (inside === undefined) continue;
    for (const step of bodies.flatMap((field) => stepsIn(source.config[field]))) {
      if (typeof step.id !== "string") continue;
      if (found.has(step.id)) twice.add(step.id);
      found.set(step.id, { source, inside, main: mainOf(step, types) });
    }
  }
  for (const id of twice) found.delete(id);
  return found;
}

function stepsIn(value: JsonValue | undefined): { [field: string]: JsonValue }[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  return isJsonObject(value) ? [value] : [];
}

function mainOf(
  { type, outputs }: { [field: string]: JsonValue },
  types: ReadonlyMap<string, StepType>,
): string | undefined {
  if (Array.isArray(outputs) && typeof outputs[0] === "string") return outputs[0];
  const main = typeof type === "string" ? types.get(type)?.main : undefined;
  return typeof main === "string" ? main : undefined;
}
