import { isJsonObject } from "../../base/json.js";
import { InnerScope, type Scope } from "./scope.js";
import { allOutputs } from "./step-outputs.js";
import type { StepSlot } from "./step-slot.js";

/** What a step sees in a round of a loop: beside the scope around it, what it made in the rounds before. */
export function scopeOfRound({ rounds, results, history, step }: StepSlot, scope: Scope): Scope {
  const previous = results === undefined ? null : allOutputs(step, results);
  // In the body of a loop the count is that of its items, however often this step goes round.
  const around = scope.variable("iteration_context");
  return new InnerScope(scope, {
    iteration_context: {
      iteration_count: rounds,
      ...(isJsonObject(around) && "total_items" in around ? around : {}),
      previous_result: previous,
      iteration_history: history,
      ...(typeof previous === "object" ? previous : {}),
    },
  });
}
