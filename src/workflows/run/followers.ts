import type { WorkflowPlan } from "../plan/plan.js";

/** For each step: those that need it, and those whose running it may choose. */
export interface Followers {
  needs: readonly (readonly number[])[];
  gates: readonly (readonly number[])[];
}

const known = new WeakMap<WorkflowPlan, Followers>();

/** Worked out once for each plan. */
export function followersOf(plan: WorkflowPlan): Followers {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const needs: number[][] = plan.steps.map(() => []);
  const gates: number[][] = plan.steps.map(() => []);
  for (const step of plan.steps) {
    for (const { from } of step.needs) needs[from]?.push(step.index);
    for (const gate of step.gates) gates[gate]?.push(step.index);
  }
  known.set(plan, { needs, gates });
  return { needs, gates };
}
