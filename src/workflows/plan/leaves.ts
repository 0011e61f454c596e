import type { StepRoutes, WorkflowPlan } from "./plan.js";
import type { StepSource } from "./step-source.js";

/** Whether a body is run for each item, so that its routes may leave it. */
export function isLoop({ type }: StepSource, field: string): boolean {
  return field === "loop_body" && (type.bodies?.includes(field) ?? false);
}

/** A loop goes where a step of its body leads. */
export function withLeaves(
  routes: StepRoutes | undefined,
  bodies: Iterable<WorkflowPlan>,
  target: (id: string) => number | undefined,
): StepRoutes | undefined {
  const cases = new Map(routes?.cases);
  for (const { leaves } of bodies) {
    for (const id of leaves) {
      const to = id === "" ? undefined : target(id);
      if (to !== undefined) cases.set(id.trim().toLowerCase(), to);
    }
  }
  return cases.size === (routes?.cases.size ?? 0) ? routes : { ...routes, cases };
}
