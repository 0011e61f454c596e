import type { JsonObject, JsonValue } from "../../base/json.js";
import type { RunDetails } from "../../workflows/engines/engine.js";
import { valueAt } from "../../workflows/format/path.js";
import { evaluate, type Reference, type StepReference } from "../../workflows/format/value.js";
import type { PlannedStep } from "../../workflows/plan/plan.js";
import { RunScope, variableAt } from "../../workflows/run/scope.js";
import { allOutputs, outputAt } from "../../workflows/run/step-outputs.js";
import type { Workflow } from "../../workflows/workflow.js";

/**
 * What the outermost steps of a run were given, by their ids, as far as what they read is there. It is made from what the
 * steps before them made: a run keeps results, and not inputs.
 */
export function stepInputs({ plan, head }: Workflow, { inputs, steps }: RunDetails): Record<string, JsonObject> {
  const scope = new RunScope({ ...head.variables, ...inputs }, head.config);
  const results = new Map(steps.map((record) => [record.key.replace(/#\d+$/, ""), record.results]));
  const output = (reference: StepReference): JsonValue | undefined => {
    const index = plan.byId.get(reference.step);
    const step = index === undefined ? undefined : plan.steps[index];
    const made = results.get(reference.step);
    if (step === undefined || made === undefined) return undefined;
    if (reference.whole) return valueAt(allOutputs(step, made), reference.path);
    return outputAt(step, made, reference.path);
  };
  const resolve = (reference: Reference): JsonValue =>
    (reference.kind === "variable" ? variableAt(scope, reference) : output(reference)) ?? reference.fallback ?? null;
  return Object.fromEntries(plan.steps.map((step) => [step.id, given(step, resolve)]));
}

function given({ inputs }: PlannedStep, resolve: (reference: Reference) => JsonValue): JsonObject {
  const all: JsonObject = {};
  for (const [name, value] of inputs) {
    try {
      all[name] = evaluate(value, resolve);
    } catch {
      // A template may need what is not there yet.
      all[name] = null;
    }
  }
  return all;
}
