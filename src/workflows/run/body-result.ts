import { asText } from "../format/template.js";
import type { BodyResult } from "../steps/step-context.js";
import type { StepResult } from "../steps/step-type.js";
import type { PlanRun } from "./plan-run.js";
import { allOutputs, mainName, outputAt } from "./step-outputs.js";
import type { StepSlot } from "./step-slot.js";

/** The step that answers: the last one of those that do, or, where none of them ran, the last that ran. */
export function finalSlot({ plan, slots }: PlanRun): StepSlot | undefined {
  const answering = plan.answers.findLast((index) => slots[index]?.results !== undefined);
  if (answering !== undefined) return slots[answering];
  return slots.findLast(({ results }) => results !== undefined);
}

/** What a plan that is over made. */
export function bodyResult(run: PlanRun): BodyResult {
  const results: { [step: string]: StepResult } = {};
  for (const { step, results: made } of run.slots) if (made !== undefined) results[step.id] = allOutputs(step, made);
  const left = run.left === undefined ? {} : { left: run.left };
  const slot = finalSlot(run);
  if (slot?.results === undefined) return { results, output: null, text: "", ...left };
  const output = slot.results[mainName(slot.step)] ?? outputAt(slot.step, slot.results, []) ?? null;
  const { text } = slot.results;
  return { results, output, text: slot.step.type.answers && typeof text === "string" ? text : asText(output), ...left };
}
