import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { REQUEST_FIELDS } from "../steps/model-fields.js";
import type { Findings } from "./diagnostic.js";

/** Names that authors have from elsewhere for fields of a workflow. */
const FIELDS = new Map([
  ["vars", "variables"],
  ["env", "variables"],
  ["nodes", "steps"],
  ["tasks", "steps"],
  ["stages", "steps"],
]);

/** Names of settings that hold for all steps. */
const SETTINGS = new Map([
  ["model", "default_model"],
  ["provider", "default_llm_provider"],
  ["llm_provider", "default_llm_provider"],
  ["max_output_tokens", "max_tokens"],
  ["system_prompt", "system_message"],
  ["system", "system_message"],
]);

/** Settings that may stand beside the steps, and not in `config`. */
const BESIDE = [...SETTINGS.keys(), ...SETTINGS.values(), ...Object.keys(REQUEST_FIELDS)];

const START = new Set(["start", "__start__"]);
const END = new Set(["end", "__end__", "finish"]);

/** Formats of other programs, by a field that only they have. */
const OTHERS: readonly [field: string, format: string][] = [
  ["connections", "n8n"],
  ["graph", "Dify"],
  ["States", "Amazon States Language"],
  ["jobs", "GitHub Actions"],
];

/**
 * A workflow with its fields under their usual names: `nodes` and `edges` as graphs have them become steps that depend on one
 * another. What another program's interpreter runs is refused by that program's name.
 */
export function usualDocument(document: JsonObject, findings: Findings): JsonObject {
  const other = document.steps === undefined ? OTHERS.find(([field]) => isJsonObject(document[field])) : undefined;
  if (other !== undefined) {
    const [field, format] = other;
    findings.error("wrong-kind", field, `this is a workflow of another program: ${field} is a field of ${format}`, {
      suggestion: 'write its steps: {"steps": [{"id": "…", "type": "llm_chat", "inputs": {"message": "…"}}]}',
    });
    return { steps: [] };
  }
  const renamed = Object.fromEntries(
    Object.entries(document).map(([key, value]) => {
      const usual = FIELDS.get(key);
      return [usual !== undefined && !(usual in document) ? usual : key, value];
    }),
  );
  const { edges, ...fields } = renamed;
  const whole = Array.isArray(edges) ? { ...fields, steps: joined(fields.steps, edges, findings) } : renamed;
  return withOutput(withDefaults(whole));
}

/** Settings of the workflow that stand for those of all steps. */
function withDefaults(whole: JsonObject): JsonObject {
  const beside = Object.entries(whole).filter(([key]) => BESIDE.includes(key));
  const { config: settings = {}, ...rest } = whole;
  if (!isJsonObject(settings) || (whole.config === undefined && beside.length === 0)) return whole;
  const given: JsonObject = { ...Object.fromEntries(beside), ...settings };
  const document = Object.fromEntries(Object.entries(rest).filter(([key]) => !BESIDE.includes(key)));
  const config = Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const usual = SETTINGS.get(key);
      return [usual !== undefined && !(usual in given) ? usual : key, value];
    }),
  );
  const { max_parallel: most, max_concurrency: atOnce = most, concurrency = atOnce, ...others } = config;
  const own = isJsonObject(others.parallelization) ? others.parallelization : {};
  if (typeof concurrency !== "number") return { ...document, config };
  return { ...document, config: { ...others, parallelization: { max_concurrent_steps: concurrency, ...own } } };
}

/** What the workflow says it makes, as a step, where no step says it. */
function withOutput(document: JsonObject): JsonObject {
  const { output, outputs = output, steps, ...fields } = document;
  const listed: JsonValue[] = Array.isArray(steps) ? steps : isJsonObject(steps) ? Object.values(steps) : [];
  const answers = listed.some((step) => isJsonObject(step) && step.type === "output");
  const says = isJsonObject(outputs)
    ? valuesOf(outputs)
    : typeof outputs === "string"
      ? { output: outputs }
      : undefined;
  if (answers || says === undefined || steps === undefined) return document;
  const last: JsonObject = { id: "workflow_output", type: "output", inputs: says };
  return { ...fields, steps: isJsonObject(steps) ? { ...steps, workflow_output: last } : [...listed, last] };
}

/** `{"summary": {"value": "{a}"}}` says what `{"summary": "{a}"}` does. */
function valuesOf(outputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      isJsonObject(value) && value.value !== undefined ? value.value : value,
    ]),
  );
}

/** Steps with what the edges between them say. */
function joined(steps: JsonValue | undefined, edges: readonly JsonValue[], findings: Findings): JsonValue {
  const byId = new Map<string, JsonObject>();
  const listed: JsonValue[] = Array.isArray(steps)
    ? steps
    : Object.entries(isJsonObject(steps) ? steps : {}).map(([id, step]) =>
        isJsonObject(step) ? { id, ...step } : step,
      );
  const all = listed.map((step) => {
    if (!isJsonObject(step)) return step;
    const copy = { ...step };
    const id = copy.id ?? copy.name;
    if (typeof id === "string") byId.set(id, Object.assign(copy, { id }));
    return copy;
  });
  for (const [index, edge] of edges.entries()) join(edge, `edges[${index}]`, byId, findings);
  return all;
}

function join(edge: JsonValue, path: string, steps: ReadonlyMap<string, JsonObject>, findings: Findings): void {
  const fields = Array.isArray(edge) ? { from: edge[0] ?? null, to: edge[1] ?? null } : isJsonObject(edge) ? edge : {};
  const { from = fields.source, to = fields.target } = fields;
  const when = fields.condition ?? fields.when ?? fields.case ?? fields.label;
  if (typeof from !== "string" || typeof to !== "string") {
    findings.error("wrong-kind", path, "an edge has from and to, ids of steps");
    return;
  }
  const [source, target] = [steps.get(from), steps.get(to)];
  const isEnd = target === undefined && END.has(to.toLowerCase());
  if (source === undefined && START.has(from.toLowerCase())) return;
  if (source === undefined || (target === undefined && !isEnd)) {
    const missing = source === undefined ? from : to;
    findings.error("unknown-step", path, `there is no step ${JSON.stringify(missing)}`, {
      suggestion: `the steps are ${[...steps.keys()].join(", ")}`,
    });
    return;
  }
  const routes = isJsonObject(source.routes) ? source.routes : {};
  if (typeof when === "string" && /[<>=]/.test(when)) {
    findings.error("bad-condition", path, `an edge leads on for a value of ${from}, and this is a comparison`, {
      suggestion: `put a step of type condition behind ${from}, with it as its expression and routes for true and false`,
    });
  } else if (when !== undefined && when !== null) source.routes = { ...routes, [String(when)]: isEnd ? "end" : to };
  else if (Object.keys(routes).length > 0) source.routes = { default: isEnd ? "end" : to, ...routes };
  else if (target !== undefined) target.depends_on = [...listOf(target.depends_on), from];
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
