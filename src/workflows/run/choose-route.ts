import type { JsonValue } from "../../base/json.js";
import { END, type PlannedStep, type StepRoutes, type WorkflowPlan } from "../plan/plan.js";
import type { StepResult } from "../steps/step-type.js";
import { allOutputs, outputAt } from "./step-outputs.js";
import type { StepSlot } from "./step-slot.js";

/** Where a step that is over leads: by its routes, else by its condition, else as it says itself; `undefined`: nowhere. */
export function nextOf({ step, results }: StepSlot): number | undefined {
  const { condition, routes, next } = step;
  const routed = routes && results ? chooseRoute(step, routes, results) : undefined;
  return routed ?? condition?.then ?? next;
}

/** The name of what a step leads to; `null` for nowhere. */
export function targetName({ leaves, steps }: WorkflowPlan, target: number | undefined): string | null {
  if (target === undefined) return null;
  return target <= END ? (leaves[END - 1 - target] ?? "end") : (steps[target]?.id ?? null);
}

/**
 * Where a step's routes lead: by its main result, else by the first of its outputs that is one of them, else by its first
 * line or a word of it, else by `default`.
 */
function chooseRoute(step: PlannedStep, routes: StepRoutes, results: StepResult): number | undefined {
  const main = outputAt(step, results, []);
  const { decides } = step.type;
  const first = decides === undefined ? [] : [results[decides] ?? null];
  const values = [...first, main, ...declared(step, results), ...Object.values(results)];
  for (const value of values) {
    const target = exact(routes, value);
    if (target !== undefined) return target;
  }
  return (typeof main === "string" ? inProse(routes, main) : undefined) ?? routes.otherwise;
}

function declared(step: PlannedStep, results: StepResult): JsonValue[] {
  const all = allOutputs(step, results);
  return [...step.outputs.keys()].map((name) => all[name] ?? null);
}

function exact(routes: StepRoutes, value: JsonValue | undefined): number | undefined {
  if (value === null || value === undefined || typeof value === "object") return undefined;
  return routes.cases.get(String(value).trim().toLowerCase());
}

/** A model that was asked for one word often says more: its first line counts, else the only case that it names. */
function inProse(routes: StepRoutes, text: string): number | undefined {
  const first = text.trim().split("\n", 1)[0] ?? "";
  const line = routes.cases.get(first.replace(/^[\s"'*`]+|(?<![\s"'*`.!:])[\s"'*`.!:]+$/g, "").toLowerCase());
  if (line !== undefined) return line;
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}_-]+/gu));
  const named = [...routes.cases].filter(([value]) => words.has(value));
  return named.length === 1 ? named[0]?.[1] : undefined;
}
