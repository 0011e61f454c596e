import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { snakeCased } from "./snake-case.js";

/** Types of steps that give values names. */
const SETTING = new Set([
  "set",
  "set_variable",
  "set_variables",
  "set_var",
  "set_vars",
  "variable",
  "variables",
  "assign",
]);
/** Where such a step has several. */
const VALUES = ["values", "variables", "vars", "assignments", "fields"];
/** Types of steps that join what others made, and how those join it that say no more. */
const MERGING = new Map([
  ["merge", undefined],
  ["join", undefined],
  ["combine", undefined],
  ["aggregate", undefined],
  ["collect", undefined],
  ["gather", undefined],
  ["concat", "text"],
  ["concatenate", "text"],
]);
/** How values are joined, in the words that authors have for it. */
const MODES = new Map([
  ["dict", "object"],
  ["json", "object"],
  ["array", "list"],
  ["append", "list"],
  ["concat", "text"],
  ["concatenate", "text"],
  ["string", "text"],
  ["join", "text"],
]);
/** Where a merging step says what it joins, and how. */
const SOURCES = ["sources", "from", "steps", "items", "values"];
const MODE = ["mode", "strategy", "merge_strategy", "method", "as", "output_format", "format"];
/** Where a step that calls a tool names it. */
const TOOL = ["tool", "tool_name"];
/** What a model is asked that may call tools. */
const ASKED = ["message", "prompt", "question", "query", "user_input", "user_message"];

const KNOWN = new Set([...MODE, ...TOOL, ...ASKED]);

/** A step that gives values names, fills in or joins texts, or calls one tool, however its author is used to write it; else the step. */
export function usualValues(written: JsonObject, type: string): JsonObject {
  const isKnown = (name: string) => KNOWN.has(name);
  const step = snakeCased(written, isKnown);
  if (isJsonObject(step.config)) step.config = snakeCased(step.config, isKnown);
  if (SETTING.has(type)) return assigned(step);
  if (MERGING.has(type)) return merged(step, MERGING.get(type));
  if (type === "transform" && names(step, ["template"])) return { ...step, type: "template" };
  if (type === "tool_call" && names(step, TOOL)) return names(step, ASKED) ? onlyTool(step) : { ...step, type: "tool" };
  if (type === "tool" && !names(step, TOOL) && typeof step.name === "string") {
    const { name, ...others } = step;
    return { ...others, config: { ...fieldsOf(step.config), tool: name } };
  }
  return step;
}

function names(step: JsonObject, fields: readonly string[]): boolean {
  const inside = [step, fieldsOf(step.config), fieldsOf(step.inputs)];
  return inside.some((part) => fields.some((field) => part[field] !== undefined));
}

/** A model may call the one tool that is named. */
function onlyTool(step: JsonObject): JsonObject {
  const { tool: beside, tool_name: named = beside, ...others } = step;
  const { tool: inside, tool_name: name = inside ?? named ?? null, ...config } = fieldsOf(step.config);
  return { ...others, config: { tools: [name], ...config } };
}

function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** One value is what an `input` step gives; several are the fields of what a `merge` step makes. */
function assigned(step: JsonObject): JsonObject {
  const { config, name, variable = name, value, ...others } = step;
  const { name: called, variable: inside = called, value: within, ...more } = fieldsOf(config);
  const output = variable ?? inside;
  if (typeof output === "string" && (value ?? within) !== undefined)
    return { ...others, type: "input", outputs: [output], config: { ...more, value: value ?? within ?? null } };
  const all = valuesIn(step);
  if (all === undefined) return { ...step, type: "input" };
  const rest = Object.fromEntries(Object.entries(others).filter(([field]) => !VALUES.includes(field)));
  return { outputs: Object.keys(all), ...rest, type: "merge", inputs: all };
}

/** The values by their names, or as a list of names and values. */
function valuesIn(step: JsonObject): JsonObject | undefined {
  const config = fieldsOf(step.config);
  const found = [step, config]
    .flatMap((part) => VALUES.map((field) => part[field]))
    .find((value) => isJsonObject(value) || Array.isArray(value));
  const given = found ?? step.inputs ?? (Object.keys(config).length > 0 ? config : undefined);
  if (isJsonObject(given)) return given;
  if (!Array.isArray(given)) return undefined;
  const entries = given.flatMap((one): [string, JsonValue][] => {
    const { name, key = name, variable = key, value } = fieldsOf(one);
    return typeof variable === "string" && value !== undefined ? [[variable, value]] : [];
  });
  return entries.length === given.length ? Object.fromEntries(entries) : undefined;
}

function merged(step: JsonObject, usual: string | undefined): JsonObject {
  const config = { ...fieldsOf(step.config) };
  const rest = { ...step };
  const take = (fields: readonly string[], fits: (value: JsonValue) => boolean): JsonValue | undefined => {
    for (const part of [config, rest]) {
      const field = fields.find((one) => part[one] !== undefined && fits(part[one] ?? null));
      if (field === undefined) continue;
      const { [field]: value } = part;
      delete part[field];
      return value;
    }
    return undefined;
  };
  const mode = take(MODE, (value) => typeof value === "string") ?? usual;
  if (typeof mode === "string") config.mode = MODES.get(mode) ?? mode;
  const sources =
    step.inputs ?? take(SOURCES, (value) => Array.isArray(value) || isJsonObject(value)) ?? step.depends_on;
  const inputs = Array.isArray(sources) ? byName(sources) : sources;
  return { ...rest, type: "merge", config, ...(inputs !== undefined && { inputs }) };
}

/** What a list names, each under the name of the step or value that it is. */
function byName(sources: readonly JsonValue[]): JsonObject {
  const entries = sources.map((source, index): [string, JsonValue] => {
    if (isJsonObject(source))
      return [typeof source.from_step === "string" ? source.from_step : `item_${index + 1}`, source];
    const [name] = typeof source === "string" ? (/[A-Za-z_][\w-]*/.exec(source) ?? []) : [];
    if (name === undefined) return [`item_${index + 1}`, source];
    return [name, name === source ? `{${name}}` : source];
  });
  const isUnique = new Set(entries.map(([name]) => name)).size === entries.length;
  return Object.fromEntries(isUnique ? entries : entries.map(([, value], index) => [`item_${index + 1}`, value]));
}
