import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import { parsePath } from "../format/path.js";
import type { StepSource } from "./step-source.js";

/** An `input` step that declares no outputs makes what others read of it: they say what its author calls it. */
export function nameInputs(steps: readonly StepSource[], findings: Findings): void {
  for (const source of steps) {
    const { type, outputs, config, path, id } = source;
    if (type.type !== "input" || outputs.size > 0) continue;
    const fields = new Set<string>();
    for (const other of steps) {
      for (const part of [other.inputs, other.config, other.rest.condition, other.rest.loop])
        addFields(part, id, fields);
    }
    const given = config.value ?? config.default;
    const missing = [...fields].filter((field) => !isOf(given, field) && !Object.hasOwn(type.results, field));
    if (missing.length === 0) continue;
    for (const field of missing) outputs.set(field, undefined);
    findings.warn("implied-reference", `${path}.outputs`, `${id} declares no outputs; read as ${missing.join(", ")}`, {
      step: id,
      suggestion: `add "outputs": ${JSON.stringify(missing)}`,
    });
  }
}

function isOf(value: JsonValue | undefined, field: string): boolean {
  return isJsonObject(value) && field in value;
}

function addFields(value: JsonValue | undefined, id: string, fields: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addFields(item, id, fields);
  else if (isJsonObject(value)) {
    const [first] = value.from_step === id && typeof value.field === "string" ? parsePath(value.field) : [];
    if (first !== undefined) fields.add(first);
    for (const inner of Object.values(value)) addFields(inner, id, fields);
  }
}
