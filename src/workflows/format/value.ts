import type { JsonValue } from "../../base/json.js";
import type { FieldPath } from "./path.js";
import type { Template } from "./template.js";

/** Something that a step made. */
export interface StepReference {
  kind: "step";
  /** The step's id. */
  step: string;
  /** Into its outputs; empty: its main result. */
  path: FieldPath;
  /** `null` where the step did not run or has no such field. */
  optional: boolean;
  /** In place of a value that is missing. */
  fallback?: JsonValue;
  /** Set where all of its outputs are meant, as one object. */
  whole?: true;
  /** `true`: read while it is being written; `false`: never before it is whole; absent: as the step likes. */
  live?: boolean;
}

/** An input of the run, a variable of the workflow, or what a loop is at. */
export interface VariableReference {
  kind: "variable";
  name: string;
  path: FieldPath;
  optional: boolean;
  fallback?: JsonValue;
}

export type Reference = StepReference | VariableReference;

/** A value of a step as it was compiled: what must be looked up when the step runs is kept apart from what is known. */
export type Value =
  | { kind: "literal"; value: JsonValue }
  | { kind: "reference"; reference: Reference }
  /** The first of these that has a value: outputs of branches that exclude one another, an input and what stands in for it. */
  | { kind: "alternatives"; references: readonly Reference[] }
  | { kind: "template"; template: Template; bindings: ReadonlyMap<string, Value> }
  | { kind: "list"; items: readonly Value[] }
  | { kind: "object"; fields: ReadonlyMap<string, Value> };

/** The key in `bindings` of a name that stands by itself in a template where it also stands with a path. */
export function aloneKey(name: string): string {
  return `${name} alone`;
}

/** All references in a value, those inside templates, lists and objects too. */
export function* referencesIn(value: Value): Generator<Reference> {
  switch (value.kind) {
    case "literal":
      return;
    case "reference":
      yield value.reference;
      return;
    case "alternatives":
      yield* value.references;
      return;
    case "template":
      for (const binding of value.bindings.values()) yield* referencesIn(binding);
      return;
    case "list":
      for (const item of value.items) yield* referencesIn(item);
      return;
    case "object":
      for (const field of value.fields.values()) yield* referencesIn(field);
      return;
    default:
      value satisfies never;
  }
}

/** Looks up what a reference means while a run goes on. */
export type Resolve = (reference: Reference) => JsonValue;

/** What a compiled value is now. */
export function evaluate(value: Value, resolve: Resolve): JsonValue {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "reference":
      return resolve(value.reference);
    case "alternatives":
      return firstOf(value.references, resolve);
    case "template":
      return value.template.render((name, dotted) => {
        const binding = (dotted ? undefined : value.bindings.get(aloneKey(name))) ?? value.bindings.get(name);
        return binding === undefined ? undefined : evaluate(binding, resolve);
      });
    case "list":
      return value.items.map((item) => evaluate(item, resolve));
    case "object":
      return Object.fromEntries([...value.fields].map(([name, field]) => [name, evaluate(field, resolve)]));
    default:
      return value satisfies never;
  }
}

function firstOf(references: readonly Reference[], resolve: Resolve): JsonValue {
  for (const reference of references) {
    const found = resolve(reference);
    if (found !== null) return found;
  }
  return null;
}
