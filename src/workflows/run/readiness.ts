import { isSettled, type StepSlot } from "./step-slot.js";

/** What becomes of a step that has not begun: `wait` where a step that decides it is not over. */
export type Readiness = "wait" | "begin" | "skip";

/** Whether a step of a plan can begin, given how far the others are. */
export function readinessOf(slot: StepSlot, slots: readonly StepSlot[]): Readiness {
  const { needs, gates } = slot.step;
  for (const { from, live } of needs) {
    const source = slots[from];
    if (source !== undefined && !isSettled(source) && !(live && source.live !== undefined)) return "wait";
  }
  if (slot.chosen || gates.length === 0) return lacksInput(slot, slots) ? "skip" : "begin";
  for (const gate of gates) {
    const source = slots[gate];
    if (source !== undefined && !isSettled(source)) return "wait";
  }
  return "skip";
}

/** Whether what it reads was not made. */
function lacksInput({ step, chosen }: StepSlot, slots: readonly StepSlot[]): boolean {
  let sources = 0;
  let skipped = 0;
  const alternatives = { all: 0, skipped: 0 };
  for (const { from, kind, required, alternative } of step.needs) {
    if (kind !== "data") continue;
    sources++;
    if (alternative) alternatives.all++;
    if (slots[from]?.state !== "skipped") continue;
    if (required) return true;
    skipped++;
    if (alternative) alternatives.skipped++;
  }
  if (alternatives.all > 0 && alternatives.skipped === alternatives.all) return true;
  return !chosen && step.type.toleratesGaps === true && sources > 0 && skipped === sources;
}
