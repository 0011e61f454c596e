import type { JsonObject, JsonValue } from "../../base/json.js";
import { valueAt } from "../format/path.js";
import type { PlannedStep } from "../plan/plan.js";
import type { StepResult } from "../steps/step-type.js";

/** The name of a step's main result. */
export function mainName({ type, id, config, inputs, outputs }: PlannedStep): string {
  if (typeof type.main === "string") return type.main;
  const plain = (fields: ReadonlyMap<string, { kind: string }>): JsonObject =>
    Object.fromEntries(
      [...fields].map(([name, value]) => [name, "value" in value ? (value.value as JsonValue) : null]),
    );
  return type.main({ id, config: plain(config), inputs: plain(inputs), outputs: [...outputs.keys()] });
}

/** What a step that ran made, at a path; an empty path is its main result. `undefined` where there is no such thing. */
export function outputAt(step: PlannedStep, results: StepResult, path: readonly string[]): JsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return mainOutput(step, results);
  const declared = step.outputs.get(name);
  if (declared !== undefined) return valueAt(declaredOutput(step, name, declared, results), rest);
  if (Object.hasOwn(results, name)) return valueAt(results[name], rest);
  return name === mainName(step) ? valueAt(mainOutput(step, results), rest) : undefined;
}

/** A step's outputs under all their names. */
export function allOutputs(step: PlannedStep, results: StepResult): StepResult {
  if (step.outputs.size === 0) return results;
  const all: StepResult = { ...results };
  for (const [name, declared] of step.outputs) {
    const value = declaredOutput(step, name, declared, results);
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** `?` marks an output with a name of its author's own: a result of that name, else the main one. */
function declaredOutput(step: PlannedStep, name: string, declared: string, results: StepResult): JsonValue | undefined {
  if (!declared.startsWith("?")) return valueAt(results, declared.split("."));
  if (Object.hasOwn(results, name)) return results[name];
  const main = declared.slice(1);
  const value = Object.hasOwn(results, main) ? results[main] : undefined;
  const own = typeof value === "object" && value !== null && !Array.isArray(value) ? value[name] : undefined;
  return own ?? value ?? (step.type.openResults ? undefined : null);
}

function mainOutput(step: PlannedStep, results: StepResult): JsonValue {
  const [only] = step.outputs;
  if (step.outputs.size === 1 && only !== undefined) return declaredOutput(step, ...only, results) ?? null;
  const main = mainName(step);
  return Object.hasOwn(results, main) ? (results[main] ?? null) : results;
}
