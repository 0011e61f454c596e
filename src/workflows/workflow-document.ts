import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import type { Findings } from "./format/diagnostic.js";
import { isSlip } from "./format/is-slip.js";
import { checkValue } from "./plan/check-fields.js";
import { isNote } from "./plan/notes.js";
import type { RunLimits, WorkflowInput } from "./plan/plan.js";
import { REQUEST_FIELDS, SYSTEM_MESSAGE } from "./steps/model-fields.js";

/** Fields of a workflow, and what each is for. */
export const WORKFLOW_FIELDS: Readonly<Record<string, string>> = {
  name: "Names the workflow.",
  description: "What it does, for people and for models that call it as a tool.",
  version: "The author's own.",
  format: "The version of this format. Default 1.",
  author: "For people.",
  tags: "For people.",
  metadata: "For other programs.",
  config: "Settings for all steps.",
  inputs: "What a run is given: names with a type, a default and a description, or names with their defaults.",
  variables: "Values that steps read as $name.",
  steps: "The steps.",
  id: "For other programs.",
};

/** Settings of a workflow's `config`, and what each is for. */
export const CONFIG_FIELDS: Readonly<Record<string, string>> = {
  default_llm_provider: "The provider of steps that name none.",
  default_model: "The model of steps that name none.",
  ...Object.fromEntries(Object.keys(REQUEST_FIELDS).map((name) => [name, "That of steps that say none."])),
  system_message: "Instructions to the model, for the steps that name none.",
  default_tts_provider: "The voice of tts steps that name no provider.",
  default_stt_provider: "The listener of stt steps that name no provider.",
  memory_backend: "Which memory is used; that of the run, whatever it says.",
  max_iterations: "How often a step may run in one run. Default 10.",
  thinking_tokens_mode:
    "show, hide, extract or auto: what happens to thinking that models put into their text. Default auto: it is hidden.",
  thinking_tokens_delimiters: "What marks thinking in a text.",
  parallelization: "How many steps run at once.",
  timeout_seconds: "How long a run may take.",
};

const PARALLEL_GROUPS: readonly [string, string][] = [
  ["max_concurrent_llm", "llm"],
  ["max_concurrent_tts", "tts"],
  ["max_concurrent_memory", "memory"],
  ["max_concurrent_document", "document"],
  ["max_concurrent_http", "http"],
];

/** Steps that run at once by default. */
const STEPS_AT_ONCE = 16;

/** A workflow's own fields, checked. */
export interface WorkflowHead {
  name: string;
  description?: string;
  config: JsonObject;
  inputs: WorkflowInput[];
  variables: JsonObject;
  limits: RunLimits;
  maxIterations: number;
  timeoutMs?: number;
}

/** Reads everything of a workflow but its steps. */
export function readHead(document: JsonObject, findings: Findings): WorkflowHead {
  refuseUnknown(document, WORKFLOW_FIELDS, "", "a workflow", findings);
  const config = objectOr(document.config, "config", findings);
  refuseUnknown(config, CONFIG_FIELDS, "config.", "a workflow's config", findings);
  checkFieldsOfSteps(config, findings);
  const { name, description } = document;
  if (name !== undefined && typeof name !== "string") findings.error("wrong-kind", "name", "a name is a text");
  if (document.format !== undefined && document.format !== 1) {
    findings.error("wrong-kind", "format", "this interpreter runs format 1");
  }
  const timeout = positive(config.timeout_seconds, "config.timeout_seconds", findings);
  return {
    name: typeof name === "string" && name !== "" ? name : "workflow",
    ...(typeof description === "string" && { description }),
    config,
    inputs: readInputs(document.inputs, findings),
    variables: objectOr(document.variables, "variables", findings),
    limits: readLimits(config.parallelization, findings),
    maxIterations: positive(config.max_iterations, "config.max_iterations", findings) ?? 10,
    ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
  };
}

function refuseUnknown(
  fields: JsonObject,
  known: Readonly<Record<string, string>>,
  path: string,
  what: string,
  findings: Findings,
): void {
  for (const key of Object.keys(fields)) {
    if (Object.hasOwn(known, key) || isNote(key)) continue;
    const [near] = nearest(key, Object.keys(known), 1);
    if (near !== undefined && isSlip(key, near)) {
      const message = `${what} has no field ${JSON.stringify(key)}`;
      findings.error("unknown-field", `${path}${key}`, message, { suggestion: `did you mean ${near}?` });
    } else {
      findings.warn("no-effect", `${path}${key}`, `${what} has no field ${JSON.stringify(key)}: it has no effect`);
    }
  }
}

/** Settings that stand for those of steps are checked as those are. */
function checkFieldsOfSteps(config: JsonObject, findings: Findings): void {
  for (const [name, { schema }] of Object.entries({ ...REQUEST_FIELDS, system_message: SYSTEM_MESSAGE })) {
    checkValue(config[name] ?? null, schema, { path: `config.${name}` }, findings);
  }
}

function objectOr(value: JsonValue | undefined, path: string, findings: Findings): JsonObject {
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  findings.error("wrong-kind", path, "this is no object");
  return {};
}

function positive(value: JsonValue | undefined, path: string, findings: Findings): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value > 0) return value;
  findings.error("wrong-kind", path, "this is no number above 0");
  return undefined;
}

const TYPES = new Map([
  ["string", "string"],
  ["str", "string"],
  ["text", "string"],
  ["file", "string"],
  ["path", "string"],
  ["number", "number"],
  ["float", "number"],
  ["integer", "integer"],
  ["int", "integer"],
  ["boolean", "boolean"],
  ["bool", "boolean"],
  ["array", "array"],
  ["list", "array"],
  ["object", "object"],
  ["dict", "object"],
]);

/** A JSON Schema of an object, `["a"]`, `{"a": "default"}` or `{"a": {"type": "string", "default": …, "required": …, "description": …}}`. */
function readInputs(inputs: JsonValue | undefined, findings: Findings): WorkflowInput[] {
  if (inputs === undefined || inputs === null) return [];
  if (Array.isArray(inputs)) {
    return inputs.flatMap((input, index) => {
      if (typeof input === "string") return [{ name: input, schema: {}, required: true }];
      if (isJsonObject(input) && typeof input.name === "string") return [readInput(input.name, input, findings)];
      findings.error("wrong-kind", `inputs[${index}]`, "an input is a name, or an object with name");
      return [];
    });
  }
  if (!isJsonObject(inputs)) {
    findings.error("wrong-kind", "inputs", "inputs are an object or a list of names");
    return [];
  }
  const { type, properties, required } = inputs;
  if (type === "object" && isJsonObject(properties)) {
    const needed = Array.isArray(required) ? required : [];
    return Object.entries(properties).map(([name, input]) =>
      readInput(name, { ...(isJsonObject(input) ? input : {}), required: needed.includes(name) }, findings),
    );
  }
  return Object.entries(inputs).map(([name, input]) => readInput(name, input, findings));
}

function readInput(name: string, input: JsonValue, findings: Findings): WorkflowInput {
  const described =
    isJsonObject(input) && ["type", "default", "required", "description", "enum"].some((field) => field in input);
  if (!described) {
    return input === null
      ? { name, schema: {}, required: true }
      : { name, schema: {}, required: false, fallback: input };
  }
  const { type, default: fallback, required, description, enum: words } = input;
  const known = typeof type === "string" ? TYPES.get(type.toLowerCase()) : undefined;
  if (type !== undefined && known === undefined) {
    findings.error("wrong-kind", `inputs.${name}.type`, `this is none of ${[...new Set(TYPES.values())].join(", ")}`, {
      suggestion: `did you mean ${nearest(String(type), [...TYPES.keys()], 1)[0] ?? "string"}?`,
    });
  }
  const schema: JsonObject = {
    ...(known !== undefined && { type: known }),
    ...(Array.isArray(words) && { enum: words }),
    ...(typeof description === "string" && { description }),
    ...(fallback !== undefined && { default: fallback }),
  };
  const needed = fallback === undefined && required !== false;
  return { name, schema, required: needed, ...(fallback !== undefined && { fallback }) };
}

function readLimits(found: JsonValue | undefined, findings: Findings): RunLimits {
  const fields = objectOr(found, "config.parallelization", findings);
  const limit = (name: string): number | undefined => {
    const value = positive(fields[name], `config.parallelization.${name}`, findings);
    return value === undefined ? undefined : Math.max(1, Math.floor(value));
  };
  const steps = fields.mode === "disabled" ? 1 : (limit("max_concurrent_steps") ?? STEPS_AT_ONCE);
  const groups: Record<string, number> = {};
  for (const [name, group] of PARALLEL_GROUPS) {
    const most = limit(name);
    if (most !== undefined) groups[group] = most;
  }
  return { steps, groups };
}
