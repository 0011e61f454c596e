import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import { isNote } from "./notes.js";
import { usualStep } from "./usual-step.js";

/** A step as a list has it, its fields under their usual names. */
export interface ListedStep {
  step: JsonValue;
  /** For example `steps[2]`, or `steps.ask` where steps are an object's fields. */
  path: string;
}

/**
 * The steps of a list, or of an object whose fields they are, by their ids. A step without an id gets one, and the steps of a
 * `while` step stand before it. `undefined` for what holds no steps.
 */
export function listedSteps(steps: JsonValue | undefined, path: string, findings: Findings): ListedStep[] | undefined {
  const listed = entriesOf(steps, path);
  if (listed === undefined || listed.length === 0) return undefined;
  const usual = listed.map(({ step, path: where }) => ({
    step: isJsonObject(step) ? usualStep(step) : step,
    path: where,
  }));
  const counts = new Map<string, number>();
  const ids = new Set(
    usual.flatMap(({ step }) => (isJsonObject(step) && typeof step.id === "string" ? [step.id] : [])),
  );
  for (const { step, path: where } of usual) if (isJsonObject(step)) nameStep(step, where, { ids, counts }, findings);
  fanOut(usual.flatMap(({ step }) => (isJsonObject(step) ? [step] : [])));
  return usual.flatMap(({ step, path: where }) => roundsOf(step, where, findings));
}

function entriesOf(steps: JsonValue | undefined, path: string): ListedStep[] | undefined {
  if (Array.isArray(steps)) return steps.map((step, index) => ({ step, path: `${path}[${index}]` }));
  if (!isJsonObject(steps)) return undefined;
  const entries = Object.entries(steps).filter(([key]) => !isNote(key));
  // A single step that stands where a list should.
  if (typeof steps.type === "string") return [{ step: steps, path }];
  if (!entries.every(([, step]) => isJsonObject(step))) return undefined;
  return entries.map(([id, step]) => ({ step: { id, ...(step as JsonObject) }, path: `${path}.${id}` }));
}

/** A step that nobody named is called by its name for people, or else by its type. */
function nameStep(
  step: JsonObject,
  path: string,
  { ids, counts }: { ids: Set<string>; counts: Map<string, number> },
  findings: Findings,
): void {
  if (step.id !== undefined || typeof step.type !== "string") return;
  const given = typeof step.name === "string" ? step.name : step.type;
  const name =
    given
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "_")
      .replace(/^_|_$/g, "") || "step";
  let count = counts.get(name) ?? 1;
  let id = count === 1 ? name : `${name}_${count}`;
  while (ids.has(id)) id = `${name}_${++count}`;
  counts.set(name, count + 1);
  ids.add(id);
  step.id = id;
  findings.warn("missing-field", `${path}.id`, `the step has no id: it is called ${id}`, {
    step: id,
    suggestion: `add "id": ${JSON.stringify(id)}`,
  });
}

/** Several steps that come next depend on the step that says so. */
function fanOut(steps: readonly JsonObject[]): void {
  const byId = new Map(steps.map((step) => [step.id, step]));
  for (const step of steps) {
    if (!Array.isArray(step.next_step)) continue;
    const next = step.next_step.map((id) => byId.get(id));
    if (next.includes(undefined)) continue;
    for (const one of next) {
      if (one === undefined) continue;
      const { depends_on: before = [] } = one;
      one.depends_on = [...(Array.isArray(before) ? before : [before]), step.id ?? null];
    }
    delete step.next_step;
  }
}

/** The steps of a round, and then the step that decides whether another one follows. */
function roundsOf(step: JsonValue, path: string, findings: Findings): ListedStep[] {
  if (!isJsonObject(step) || !isJsonObject(step.config)) return [{ step, path }];
  const { steps, ...config } = step.config;
  const body =
    step.type === "while" || step.type === "until" ? listedSteps(steps, `${path}.config.steps`, findings) : undefined;
  if (body === undefined) return [{ step, path }];
  const [first, last] = [body[0]?.step, body.at(-1)?.step];
  const most = config.most;
  const decides: JsonObject = {
    ...step,
    type: "while",
    config: {
      ...config,
      ...(step.type === "until" && { ends: true }),
      ...(isJsonObject(last) && typeof last.id === "string" && { made: { from_step: last.id } }),
    },
    ...(isJsonObject(first) && { routes: { true: first.id ?? null } }),
  };
  const rounds = body.map(({ step: one, path: where }) => ({
    step: isJsonObject(one) && typeof most === "number" ? { max_iterations: most, ...one } : one,
    path: where,
  }));
  if (typeof most === "number") decides.max_iterations = most;
  return [...rounds, { step: decides, path }];
}
