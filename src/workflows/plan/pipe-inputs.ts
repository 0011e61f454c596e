import { isJsonObject } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import type { StepSource } from "./step-source.js";

/** Inputs that are what a step works on, and not where it goes. */
const WORKED_ON = new Set(["text", "content", "message", "query", "items_to_process"]);

/**
 * A step that says nothing of the one input that it needs works on what the step before it made: lists of steps are often
 * written as pipelines. Not where a choice leads to either of the two: what comes before it in the file need not run before it.
 */
export function pipeInputs(steps: readonly StepSource[], findings: Findings): void {
  const led = new Set(steps.flatMap(({ rest }) => (isJsonObject(rest.routes) ? Object.values(rest.routes) : [])));
  for (const [place, source] of steps.entries()) {
    const before = steps[place - 1];
    const needed = neededInput(source);
    if (needed === undefined || before === undefined || before.type.answers || before.rest.routes !== undefined)
      continue;
    if (led.has(source.id) || led.has(before.id) || before.rest.next_step !== undefined) continue;
    source.inputs[needed] = { from_step: before.id };
    const message = `${source.type.type} needs ${needed}: read as what ${before.id} made, the step before`;
    findings.warn("implied-reference", `${source.path}.inputs.${needed}`, message, {
      step: source.id,
      suggestion: `add "inputs": {${JSON.stringify(needed)}: {"from_step": ${JSON.stringify(before.id)}}}`,
    });
  }
}

/** The one input that a step needs and does not have. */
function neededInput({ type, inputs, config, rest }: StepSource): string | undefined {
  if (Object.keys(inputs).length > 0 || rest.prompt_ref !== undefined || rest.loop !== undefined) return undefined;
  const required = Object.entries(type.inputs ?? {}).flatMap(([name, spec]) => (spec.required ? [name] : []));
  const [only] = required;
  return required.length === 1 && only !== undefined && WORKED_ON.has(only) && config[only] === undefined
    ? only
    : undefined;
}
