import { isJsonObject } from "../../base/json.js";
import type { StepReference } from "../format/value.js";
import type { StepOutline } from "../steps/step-type.js";
import type { FlowStep } from "./flow.js";
import { mainOf } from "./main-of.js";
import { END } from "./plan.js";
import { outlineOf, type StepDraft } from "./step-draft.js";

/** A step as far as the flow between steps goes. */
export function flowStep(
  { source, planned, references }: StepDraft,
  drafts: readonly StepDraft[],
  byId: ReadonlyMap<string, number>,
): FlowStep {
  const outline = outlineOf(source);
  const { condition, routes, next, onError, type } = planned;
  const choices = new Set<number>(routes?.cases.values());
  if (routes?.otherwise !== undefined) choices.add(routes.otherwise);
  const covers = routes?.otherwise !== undefined || (routes?.cases.has("true") === true && routes.cases.has("false"));
  if (condition?.then !== undefined) choices.add(condition.then);
  if (condition?.otherwise !== undefined) choices.add(condition.otherwise);
  if (next !== undefined) choices.add(next);
  if (onError.action === "go") choices.add(onError.to);
  const targets = new Set([...choices].filter((target) => target >= 0));
  const conditional = condition !== undefined;
  const after = source.rest.depends_on;
  const alone = isJsonObject(source.rest.parallelization) && source.rest.parallelization.can_parallelize === false;
  return {
    index: source.index,
    targets,
    chooses: choices.size > 1 || (routes !== undefined && !covers) || conditional || onError.action === "go",
    explicit: choices.size > 0,
    reads: references.flatMap((reference) => {
      const from = byId.get(reference.step);
      if (from === undefined) return [];
      const optional = reference.optional || reference.fallback !== undefined;
      const live = isLive(reference, planned, outline, drafts[from]);
      // From here on it means that the step does read it so.
      reference.live = live;
      return [{ from, optional, live }];
    }),
    after: (Array.isArray(after) ? after : [after]).flatMap((id) =>
      typeof id === "string" ? (byId.get(id) ?? []) : [],
    ),
    conditional,
    toleratesGaps: type.toleratesGaps === true,
    patient: type.patient === true,
    touches: type.touches?.(outline) ?? [],
    ...(alone ? { barrier: "alone" as const } : type.barrier ? { barrier: "after" as const } : {}),
    ends: [...choices].some((choice) => choice <= END),
  };
}

/** Whether a reference is read while it is written: the text of a step that is tried once, as the whole of an input. */
function isLive(
  reference: StepReference,
  { type, inputs, each }: StepDraft["planned"],
  outline: StepOutline,
  source: StepDraft | undefined,
): boolean {
  if (reference.live === false || each !== undefined || source === undefined || !streamsText(source, reference))
    return false;
  const live = typeof type.live === "function" ? type.live(outline) : (type.live ?? []);
  return live.some((name) => {
    const value = inputs.get(name);
    return value?.kind === "reference" && value.reference === reference;
  });
}

function streamsText({ source, planned }: StepDraft, { path }: StepReference): boolean {
  const { writes } = planned.type;
  if (writes === undefined || planned.retry.attempts > 1 || planned.each !== undefined) return false;
  const [name, ...rest] = path;
  const isWritten = (made: string | undefined) => made === writes || made === `?${writes}`;
  if (name === undefined) {
    const [only] = planned.outputs.size === 1 ? planned.outputs.values() : [mainOf(source)];
    return isWritten(only);
  }
  return rest.length === 0 && isWritten(planned.outputs.get(name) ?? name) && !source.type.openResults;
}
