import type { JsonObject, JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { valueAt } from "../format/path.js";
import { evaluate, type Reference, type StepReference, type Value } from "../format/value.js";
import type { WorkflowPlan } from "../plan/plan.js";
import { type Scope, variableAt } from "./scope.js";
import { allOutputs, outputAt } from "./step-outputs.js";
import type { StepSlot } from "./step-slot.js";

/** What the steps of a plan see: what those beside them made, and everything around the plan. */
export class PlanScope implements Scope {
  readonly #plan: WorkflowPlan;
  readonly #slots: readonly StepSlot[];
  readonly #around: Scope;

  constructor(plan: WorkflowPlan, slots: readonly StepSlot[], around: Scope) {
    this.#plan = plan;
    this.#slots = slots;
    this.#around = around;
  }

  /** @throws {SluiceError} `invalid-argument` where the step ran and made no such thing. */
  output(reference: StepReference): JsonValue | undefined {
    const index = this.#plan.byId.get(reference.step);
    if (index === undefined) return this.#around.output(reference);
    const slot = this.#slots[index];
    if (slot?.results === undefined) return reference.fallback ?? null;
    const { step, results } = slot;
    if (reference.whole) return valueAt(allOutputs(step, results), reference.path) ?? null;
    const found = outputAt(step, results, reference.path);
    if (found !== undefined || reference.optional || slot.state === "failed")
      return found ?? reference.fallback ?? null;
    if (reference.fallback !== undefined) return reference.fallback;
    const made = Object.keys(allOutputs(step, results)).join(", ");
    throw new SluiceError("invalid-argument", `${step.id} made no ${reference.path.join(".")}; it made ${made}`);
  }

  variable(name: string): JsonValue | undefined {
    return this.#around.variable(name);
  }

  get variables(): JsonObject {
    return this.#around.variables;
  }

  get settings(): JsonObject {
    return this.#around.settings;
  }
}

/**
 * What a compiled value is in a scope.
 *
 * @throws {SluiceError} `invalid-argument` where a reference means nothing there and is not optional.
 */
export function evaluateIn(scope: Scope, value: Value): JsonValue {
  return value.kind === "literal" ? value.value : evaluate(value, (reference) => resolve(scope, reference));
}

function resolve(scope: Scope, reference: Reference): JsonValue {
  const value = reference.kind === "variable" ? variableAt(scope, reference) : scope.output(reference);
  if (value !== undefined) return value;
  if (reference.fallback !== undefined) return reference.fallback;
  if (reference.kind === "variable" && reference.path.length === 0 && !reference.optional) {
    throw new SluiceError("invalid-argument", `there is no value for $${reference.name}`, { field: reference.name });
  }
  return null;
}
