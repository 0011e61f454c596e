import type { StepDraft } from "./step-draft.js";

/**
 * A step that goes elsewhere where it fails goes on with the one after it where it does not: what stands before the step that
 * deals with the failure is left out then, whether it reads something of the one that failed or not.
 */
export function leadPastRescues(drafts: readonly StepDraft[]): void {
  const led = new Set(drafts.flatMap(({ planned }) => leadsTo(planned)));
  for (const { planned } of drafts) {
    const { index, onError, routes, condition, next } = planned;
    const leads = routes ?? condition ?? next;
    const after = index + 1;
    if (onError.action === "go" && leads === undefined && after < onError.to && !led.has(after)) planned.next = after;
  }
}

function leadsTo({ routes, condition, next, onError }: StepDraft["planned"]): number[] {
  const targets = [...(routes?.cases.values() ?? []), routes?.otherwise, condition?.then, condition?.otherwise, next];
  return [...targets, onError.action === "go" ? onError.to : undefined].filter((target) => target !== undefined);
}
