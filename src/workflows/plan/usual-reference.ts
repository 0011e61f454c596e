import type { JsonObject } from "../../base/json.js";
import type { Names } from "./names.js";

/** Names that authors have for the step of a reference, beside `from_step`. */
const STEP = ["step", "from", "source", "node", "ref", "$ref", "step_id"];
/** And for its field. */
const FIELD = ["output", "key", "path", "property", "result"];
const OTHERS = new Set(["field", "optional", "default", "live", "description"]);

/** A reference with its fields under their usual names; `undefined` for any other object. */
export function usualReference(raw: JsonObject, names: Names): JsonObject | undefined {
  const step = "from_step" in raw ? "from_step" : STEP.find((name) => typeof raw[name] === "string");
  if (step === undefined) return undefined;
  const field = raw.field === undefined ? FIELD.find((name) => typeof raw[name] === "string") : undefined;
  const { [step]: given = null, [field ?? ""]: named, ...others } = raw;
  // Any other object may have fields of these names: it is one where it names a step, and holds nothing else.
  const [id = "", ...path] = typeof given === "string" && names.step(given) === undefined ? given.split(".") : [given];
  const isStep = typeof id === "string" && (names.step(id) ?? names.inside(id)) !== undefined;
  if (step !== "from_step" && !(isStep && Object.keys(others).every((key) => OTHERS.has(key)))) return undefined;
  if (!isStep) return raw;
  const inner = [
    ...path,
    ...(named === undefined ? [] : [named]),
    ...(others.field === undefined ? [] : [others.field]),
  ];
  return { ...others, from_step: id, ...(inner.length > 0 && { field: inner.join(".") }) };
}
