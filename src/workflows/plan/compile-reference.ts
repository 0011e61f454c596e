import type { JsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { Findings } from "../format/diagnostic.js";
import { parsePath } from "../format/path.js";
import type { StepReference, Value } from "../format/value.js";
import { makes } from "./makes.js";
import { meantPath } from "./meant-path.js";
import { type NamePlace, type Names, stepReference, variable } from "./names.js";
import { isNote } from "./notes.js";
import type { StepSource } from "./step-source.js";

/** Where a reference stands, and what it may mean there. */
export interface ReferencePlace {
  step: StepSource;
  names: Names;
  findings: Findings;
  /** For messages, for example `steps[2].inputs.message`. */
  path: string;
}

/** Fields of a reference. */
const REFERENCE_FIELDS = new Set(["from_step", "field", "optional", "default", "live", "description"]);
/** What authors call the run where it is read like a step. */
const RUN = new Set(["input", "inputs", "workflow", "workflow_input", "workflow_inputs", "variables", "globals"]);

/** Compiles `{"from_step", "field"}`. */
export function compileReference(raw: JsonObject, at: ReferencePlace): Value {
  const { names, findings, path } = at;
  const step = at.step.id;
  reportUnknownFields(raw, at);
  const { from_step: id, field, optional, default: fallback, live } = raw;
  const within = typeof id === "string" && names.step(id) === undefined ? names.inside(id) : undefined;
  if (typeof id === "string" && within !== undefined) {
    const own = typeof field === "string" ? parsePath(field) : within.main === undefined ? [] : [within.main];
    const { from_step: _, ...rest } = raw;
    const path = [within.inside, id, ...own].join(".");
    return compileReference({ ...rest, from_step: within.source.id, field: path }, at);
  }
  const source = typeof id === "string" ? names.step(id) : undefined;
  if (typeof id === "string" && source === undefined && typeof field === "string" && RUN.has(id.toLowerCase())) {
    return ofRun(parsePath(field), raw, at);
  }
  if (typeof id !== "string" || source === undefined) {
    const near = typeof id === "string" ? nearest(id, names.ids) : [];
    const message = `there is no step ${JSON.stringify(id)}`;
    const suggestion = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `the steps are ${names.ids.join(", ")}`;
    const report = optional === true || fallback !== undefined ? "warn" : "error";
    findings[report]("unknown-step", `${path}.from_step`, message, { step, suggestion });
    return { kind: "literal", value: fallback ?? null };
  }
  const fieldPath = meantPath(source, typeof field === "string" ? parsePath(field) : []);
  if (optional !== true) checkField(source, fieldPath, at);
  const reference: StepReference = { ...stepReference(source.id, fieldPath), optional: optional === true };
  if (fallback !== undefined) reference.fallback = fallback;
  if (typeof live === "boolean") reference.live = live;
  return { kind: "reference", reference };
}

function reportUnknownFields(raw: JsonObject, { step, findings, path }: ReferencePlace): void {
  for (const key of Object.keys(raw)) {
    if (REFERENCE_FIELDS.has(key) || isNote(key)) continue;
    const [near] = nearest(key, [...REFERENCE_FIELDS], 1);
    findings.error("unknown-field", `${path}.${key}`, `a reference has no field ${JSON.stringify(key)}`, {
      step: step.id,
      suggestion: near === undefined ? `it has ${[...REFERENCE_FIELDS].join(", ")}` : `did you mean ${near}?`,
    });
  }
}

/** What the run was given, where its author calls the run a step. */
function ofRun(
  [name = "", ...rest]: readonly string[],
  { optional, default: fallback }: JsonObject,
  { step, names, findings, path }: ReferencePlace,
): Value {
  const place: NamePlace = { step, path, guesses: true };
  if (!names.isDeclared(name) && fallback === undefined && optional !== true) names.input(name, place);
  findings.warn("implied-reference", path, `there is no such step: read as the input ${name} of the run`, {
    step: step.id,
    suggestion: `write {"from_input": ${JSON.stringify(name)}}`,
  });
  const reference = { ...variable(name, rest), optional: optional === true };
  return { kind: "reference", reference: fallback === undefined ? reference : { ...reference, fallback } };
}

/** A field that a step neither declares nor makes is its main result to the ancestors; here there is at least a warning. */
function checkField(source: StepSource, [field]: readonly string[], { step, findings, path }: ReferencePlace): void {
  if (field === undefined || makes(source, field)) return;
  const known = [...new Set([...source.outputs.keys(), ...Object.keys(source.type.results)])];
  const near = nearest(field, known);
  const suggestion = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `it makes ${known.join(", ")}`;
  const message = `the step ${source.id} makes no ${JSON.stringify(field)}`;
  findings.error("unknown-output", `${path}.field`, message, { step: step.id, suggestion });
}
