import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { Findings } from "../format/diagnostic.js";
import type { FieldSpecs } from "../format/field-spec.js";
import { isSlip } from "../format/is-slip.js";
import type { StepType } from "../steps/step-type.js";
import { listedSteps } from "./listed-steps.js";
import { isNote } from "./notes.js";
import { snakeCased } from "./snake-case.js";
import { adviceFor } from "./types-elsewhere.js";

/** A step as its author wrote it, with every field in its usual place. */
export interface StepSource {
  index: number;
  id: string;
  /** For example `steps[2]`. */
  path: string;
  type: StepType;
  config: JsonObject;
  inputs: JsonObject;
  /** Declared outputs, and what each stands for where the author states it. */
  outputs: Map<string, string | undefined>;
  /** The other fields of the step. */
  rest: JsonObject;
}

/** Fields of every step. */
export const STEP_FIELDS: Readonly<Record<string, string>> = {
  id: "Names the step; other steps refer to it.",
  type: "What kind of step it is.",
  name: "For people.",
  description: "For people.",
  config: "Settings of the step.",
  inputs: 'What it works on: values, templates and references such as {"from_step": "ask", "field": "answer"}.',
  outputs: "Names of what it makes, for the steps after it.",
  condition: "The step is skipped where this does not hold; then_step and else_step say where to go.",
  loop: "Runs the step, or the steps of `body`, for each item of `over`.",
  routes:
    "Which step comes next, by the step's value; `default` for any other. Steps that are named here run only then.",
  next_step: "The step that comes next.",
  max_iterations: "How often it may run in one run. Default: that of the workflow, 10.",
  preserve_previous_results: "Set when an earlier round's results stay readable as $iteration_context.",
  prompt_ref: "A prompt of the prompt library.",
  json_props: "JSON structures that are filled in and put into the message.",
  parallelization: "can_parallelize false: it runs alone; resource_group and priority.",
  stream_buffer: "How what it streams is cut on its way to the reader.",
  agent_ref: "Not used: agent_call reads its config.",
  retry: "attempts, delay_seconds, backoff: how often it is tried, and how long it waits between.",
  timeout_seconds: "How long one attempt may take.",
  on_error: "fail (default), continue with `default`, or the id of a step to go to.",
  depends_on: "Ids of steps that come before it, beside those it refers to.",
  optional: "Set when the run goes on where the step fails.",
  metadata: "For other programs.",
};

/** Objects of a step that are read as its inputs or its config, where its type has no such field. */
const GROUPS = new Map<string, "inputs" | "config">([
  ["with", "inputs"],
  ["params", "inputs"],
  ["parameters", "inputs"],
  ["args", "inputs"],
  ["arguments", "inputs"],
  ["settings", "config"],
  ["options", "config"],
]);

/** Puts the steps' fields in their places, and finds what is unknown, missing or of the wrong kind. */
export class StepReader {
  readonly #types: ReadonlyMap<string, StepType>;
  readonly #findings: Findings;

  constructor(types: ReadonlyMap<string, StepType>, findings: Findings) {
    this.#types = types;
    this.#findings = findings;
  }

  /** The steps of a list; those that cannot be understood are left out. */
  read(steps: JsonValue | undefined, path: string): StepSource[] {
    const listed = listedSteps(steps, path, this.#findings);
    if (listed === undefined) {
      const what = steps === undefined ? "there are no steps" : "this is no list with at least one step";
      this.#findings.error(steps === undefined ? "missing-field" : "wrong-kind", path, what, {
        suggestion: 'write a list: [{"id": "…", "type": "…"}]',
      });
      return [];
    }
    const ids = new Map<string, string>();
    return listed.flatMap(({ step, path: where }, index) => {
      const read = this.#step(step, index, where);
      if (read === undefined) return [];
      const before = ids.get(read.id);
      if (before !== undefined) {
        this.#findings.error("duplicate-id", `${read.path}.id`, `${before} has the id ${JSON.stringify(read.id)} too`, {
          step: read.id,
        });
      }
      ids.set(read.id, read.path);
      return [read];
    });
  }

  #step(step: JsonValue, index: number, path: string): StepSource | undefined {
    if (!isJsonObject(step)) {
      const suggestion =
        typeof step === "string"
          ? "write the steps themselves here: their ids or texts are not enough"
          : 'write {"id": "…", "type": "…"}';
      this.#findings.error("wrong-kind", path, "a step is an object with id and type", { suggestion });
      return undefined;
    }
    const id = this.#id(step.id, path);
    const type = this.#type(step.type, path, id);
    if (id === undefined || type === undefined) return undefined;
    const isField = (name: string) => hasField(type.config, name) || hasField(type.inputs, name);
    const config = snakeCased(this.#object(step.config, `${path}.config`, id), isField);
    const inputs = snakeCased(this.#inputs(step.inputs, type, path, id), isField);
    const rest: JsonObject = {};
    const isKnown = (name: string) => Object.hasOwn(STEP_FIELDS, name) || isField(name);
    for (const [key, value] of Object.entries(snakeCased(step, isKnown))) {
      if (Object.hasOwn(STEP_FIELDS, key)) rest[key] = value;
      else if (!isNote(key)) this.#strayField(key, value, { path, id, type, config, inputs });
    }
    if (type.type === "condition") foldCondition(rest, config);
    rename(config, type.config);
    rename(inputs, type.inputs);
    renameInputs(config, type);
    this.#unknownConfig(config, type, path, id);
    return { index, id, path, type, config, inputs, outputs: this.#outputs(step.outputs, path, id), rest };
  }

  #id(id: JsonValue | undefined, path: string): string | undefined {
    if (typeof id === "string" && /^[^\s{}$.#/[\]][^{}#/[\]\n]{0,199}$/.test(id)) return id;
    const what = id === undefined ? "the step has no id" : "an id is a text without line breaks, braces, # and /";
    this.#findings.error(id === undefined ? "missing-field" : "wrong-kind", `${path}.id`, what, {
      suggestion: 'give it a name of its own, for example "id": "summary"',
    });
    return undefined;
  }

  #type(type: JsonValue | undefined, path: string, id: string | undefined): StepType | undefined {
    const found = typeof type === "string" ? this.#types.get(type) : undefined;
    if (found !== undefined) return found;
    const step = id === undefined ? {} : { step: id };
    const known = `the types are ${[...new Set([...this.#types.values()].map((one) => one.type))].join(", ")}`;
    if (typeof type !== "string") {
      this.#findings.error("missing-field", `${path}.type`, "the step has no type", { ...step, suggestion: known });
      return undefined;
    }
    // Other names of a type mean the type: it is named by its own.
    const near = new Set(nearest(type, [...this.#types.keys()]).map((name) => this.#types.get(name)?.type ?? name));
    const other = adviceFor(type);
    const suggestion = other ?? (near.size > 0 ? `did you mean ${[...near].join(" or ")}?` : known);
    const message = `there is no type of step ${JSON.stringify(type)}`;
    this.#findings.error("unknown-step-type", `${path}.type`, message, { ...step, suggestion });
    return undefined;
  }

  #object(value: JsonValue | undefined, path: string, step: string): JsonObject {
    if (value === undefined || value === null) return {};
    if (isJsonObject(value)) return { ...value };
    this.#findings.error("wrong-kind", path, "this is no object", { step, suggestion: "write names and values: {}" });
    return {};
  }

  /** `["question"]` stands for `{"question": "{question}"}`, and a text for the one input that the type needs. */
  #inputs(inputs: JsonValue | undefined, type: StepType, path: string, step: string): JsonObject {
    if (typeof inputs === "string") return { [mainInput(type)]: inputs };
    if (!Array.isArray(inputs)) return this.#object(inputs, `${path}.inputs`, step);
    return Object.fromEntries(
      inputs.flatMap((name, index) => {
        if (typeof name === "string") return [[name, `{${name}}`]];
        this.#findings.error("wrong-kind", `${path}.inputs[${index}]`, "a list of inputs holds names", { step });
        return [];
      }),
    );
  }

  #outputs(outputs: JsonValue | undefined, path: string, step: string): Map<string, string | undefined> {
    if (outputs === undefined || outputs === null) return new Map();
    if (typeof outputs === "string") return new Map([[outputs, undefined]]);
    const named = new Map<string, string | undefined>();
    if (Array.isArray(outputs)) {
      for (const [index, name] of outputs.entries()) {
        if (typeof name === "string") named.set(name, undefined);
        else
          this.#findings.error("wrong-kind", `${path}.outputs[${index}]`, "an output is a name", {
            step,
            suggestion: 'write "outputs": ["name"]',
          });
      }
    } else if (isJsonObject(outputs)) {
      for (const [name, field] of Object.entries(outputs))
        named.set(name, typeof field === "string" ? field : undefined);
    } else {
      this.#findings.error("wrong-kind", `${path}.outputs`, "outputs are a list of names", {
        step,
        suggestion: 'write "outputs": ["name"]',
      });
    }
    return named;
  }

  /** What stands beside `config` and `inputs` is read as part of the one that has such a field. */
  #strayField(
    key: string,
    value: JsonValue,
    { path, id, type, config, inputs }: Pick<StepSource, "path" | "id" | "type" | "config" | "inputs">,
  ): void {
    const fields = { config, inputs };
    const group = GROUPS.get(key);
    const side = hasField(type.config, key) ? "config" : hasField(type.inputs, key) ? "inputs" : undefined;
    if (side === undefined && group !== undefined && isJsonObject(value)) {
      Object.assign(fields[group], { ...value, ...fields[group] });
      return;
    }
    // The answer's text, under a name that says nothing more.
    if (side === undefined && type.type === "output" && ["value", "text", "content", "result", "data"].includes(key)) {
      inputs[key] ??= value;
      return;
    }
    if (side === undefined && key === "input") {
      inputs[mainInput(type)] ??= value;
      return;
    }
    if (side !== undefined && !Object.hasOwn(fields[side], key)) {
      fields[side][key] = value;
      this.#findings.warn("unknown-field", `${path}.${key}`, `${key} stands beside ${side} and is read as part of it`, {
        step: id,
        suggestion: `write it as ${path}.${side}.${key}`,
      });
      return;
    }
    this.#unknown(key, Object.keys(STEP_FIELDS), `${path}.${key}`, id, "a step");
  }

  #unknownConfig(config: JsonObject, type: StepType, path: string, step: string): void {
    const known = Object.keys(type.config ?? {});
    // Settings may stand among the inputs, and inputs among the settings.
    const also = Object.keys(type.inputs ?? {});
    for (const key of Object.keys(config)) {
      if (isNote(key) || known.includes(key) || also.includes(key)) continue;
      this.#unknown(key, [...known, ...also], `${path}.config.${key}`, step, type.type);
    }
  }

  /** A slip of the hand is an error; a word that resembles nothing is another program's, and has no effect here. */
  #unknown(key: string, known: readonly string[], path: string, step: string, what: string): void {
    const [near] = nearest(key, known, 1);
    if (near !== undefined && isSlip(key, near)) {
      const message = `${what} has no field ${JSON.stringify(key)}`;
      this.#findings.error("unknown-field", path, message, { step, suggestion: `did you mean ${near}?` });
    } else {
      this.#findings.warn("no-effect", path, `${what} has no field ${JSON.stringify(key)}: it has no effect`, { step });
    }
  }
}

function hasField(specs: FieldSpecs | undefined, key: string): boolean {
  return Object.entries(specs ?? {}).some(([name, { aliases = [] }]) => name === key || aliases.includes(key));
}

/** The input that a single value is: the one that the type needs, else its first. */
function mainInput({ inputs = {} }: StepType): string {
  const [first = "input"] = Object.keys(inputs);
  return Object.keys(inputs).find((name) => inputs[name]?.required) ?? first;
}

/** A step that decides, and whose condition stands beside its config: that is what it decides by. */
function foldCondition(rest: JsonObject, config: JsonObject): void {
  const { condition } = rest;
  const own = ["condition_type", "expression", "if", "operator", "left_value", "condition_prompt", "prompt"];
  if (condition === undefined || condition === null || own.some((name) => name in config)) return;
  if (isJsonObject(condition) && typeof condition.if === "string" && rest.routes === undefined) {
    const [then, otherwise] = [condition.then_step ?? condition.then, condition.else_step ?? condition.else];
    if (then !== undefined && otherwise !== undefined) {
      config.expression = condition.if;
      rest.routes = { true: then, false: otherwise };
      delete rest.condition;
      return;
    }
  }
  if (typeof condition === "string") config.expression = condition;
  else if (isJsonObject(condition) && !("then_step" in condition || "else_step" in condition)) {
    const { field, value, ...settings } = condition;
    Object.assign(config, settings);
    if (field !== undefined) config.left_value ??= field;
    if (value !== undefined) config.right_value ??= value;
  } else return;
  delete rest.condition;
}

function rename(fields: JsonObject, specs: FieldSpecs | undefined): void {
  for (const [usual, { aliases = [] }] of Object.entries(specs ?? {})) {
    if (usual in fields) continue;
    const alias = aliases.find((name) => name in fields);
    if (alias === undefined) continue;
    fields[usual] = fields[alias] ?? null;
    delete fields[alias];
  }
}

/** An input may stand among the settings under any of its names, where no setting has that name. */
function renameInputs(config: JsonObject, { config: settings = {}, inputs = {} }: StepType): void {
  const free = Object.entries(inputs).flatMap(([name, spec]) => {
    const aliases = (spec.aliases ?? []).filter((alias) => !Object.hasOwn(settings, alias));
    return aliases.length === 0 ? [] : [[name, { ...spec, aliases }] as const];
  });
  rename(config, Object.fromEntries(free));
}
