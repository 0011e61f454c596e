import type { JsonObject, JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { checkJsonSchema } from "../../structured/check-json-schema.js";
import type { Findings } from "../format/diagnostic.js";
import type { FieldSpecs } from "../format/field-spec.js";
import type { Value } from "../format/value.js";
import { outlineOf } from "./step-draft.js";
import type { StepSource } from "./step-source.js";

/** What a step has in its fields. */
export interface CompiledFields {
  inputs: ReadonlyMap<string, Value>;
  config: ReadonlyMap<string, Value>;
  /** Whether a prompt of the library stands in place of a message. */
  hasPrompt: boolean;
}

/** Finds fields that are missing, and values that are not what their field wants. */
export function checkFields(source: StepSource, compiled: CompiledFields, findings: Findings): void {
  const { inputs, config, hasPrompt } = compiled;
  const { path, id, type } = source;
  for (const [kind, specs, values] of [
    ["config", type.config, config],
    ["inputs", type.inputs, inputs],
  ] as const) {
    for (const [name, spec] of Object.entries(specs ?? {})) {
      const value = values.get(name) ?? inputs.get(name) ?? config.get(name);
      const where = `${path}.${kind}.${name}`;
      if (value?.kind === "literal") checkValue(value.value, spec.schema, { path: where, step: id }, findings);
      const covered = kind === "inputs" && (hasPrompt || (name === only(specs) && inputs.size === 1));
      if (value !== undefined || !spec.required || covered) continue;
      const near = nearest(name, [...inputs.keys()], 1);
      const about = typeof spec.schema.description === "string" ? spec.schema.description : name;
      const suggestion = near.length > 0 ? `rename the input ${near.join()}` : `add ${kind}.${name}: ${about}`;
      findings.error("missing-field", where, `${type.type} needs ${name}`, { step: id, suggestion });
    }
  }
  const problem = type.check?.(outlineOf(source));
  if (problem !== undefined) findings.error("wrong-kind", path, problem, { step: id });
}

/** Finds that a value is not what its field wants. @param where the field is, and of which step if of one. */
export function checkValue(
  value: JsonValue,
  schema: JsonObject,
  { path, ...where }: { path: string; step?: string },
  findings: Findings,
): void {
  // An explicit null is as good as nothing.
  if (value === null) return;
  const [issue] = checkJsonSchema(schema, value);
  if (issue === undefined) return;
  const words = Array.isArray(schema.enum) ? schema.enum.filter((word) => typeof word === "string") : [];
  const near = typeof value === "string" ? nearest(value, words, 1) : [];
  const about = typeof schema.description === "string" ? `what it is: ${schema.description}` : undefined;
  const suggestion = near.length > 0 ? `did you mean ${near[0]}?` : about;
  findings.error("wrong-kind", path, issue.message, { ...where, ...(suggestion !== undefined && { suggestion }) });
}

/** The one required field of several, which any other single input stands for. */
function only(specs: FieldSpecs | undefined): string | undefined {
  const required = Object.entries(specs ?? {}).filter(([, spec]) => spec.required);
  return required.length === 1 ? required[0]?.[0] : undefined;
}
