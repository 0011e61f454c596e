import { isJsonObject, type JsonValue } from "../../base/json.js";
import { findPlaces } from "../format/find-places.js";
import type { StepSource } from "./step-source.js";

/** Names in a place, or behind a dollar. */
const NAMES = /[A-Za-z_][\w-]*/g;
const MARKED = /\$([A-Za-z_][\w-]*(?:\.[\w-]+)*)/g;

/** The ids of the steps that some step refers to, or names in a text. */
export function stepsReadBy(steps: readonly StepSource[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { inputs, config, rest } of steps)
    for (const part of [inputs, config, rest.condition]) addNames(part, named);
  const isNamed = ({ id, outputs }: StepSource) => named.has(id) || [...outputs.keys()].some((name) => named.has(name));
  return new Set(steps.filter(isNamed).map(({ id }) => id));
}

function addNames(value: JsonValue | undefined, named: Set<string>): void {
  if (typeof value === "string") for (const name of namesIn(value)) named.add(name);
  else if (Array.isArray(value)) for (const item of value) addNames(item, named);
  else if (isJsonObject(value)) {
    if (typeof value.from_step === "string") named.add(value.from_step);
    for (const field of Object.values(value)) addNames(field, named);
  }
}

function* namesIn(text: string): Generator<string> {
  if (!/[{$]/.test(text)) return;
  for (const { source } of findPlaces(text)) for (const [name] of source.matchAll(NAMES)) yield name;
  for (const [, path = ""] of text.matchAll(MARKED)) yield* path.split(".");
}
