import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import type { FieldSpecs } from "../format/field-spec.js";
import { type Reference, referencesIn, type StepReference, type Value } from "../format/value.js";
import { checkFields } from "./check-fields.js";
import { comparisonOf, conditionText } from "./comparison-of.js";
import { expressionNames } from "./expression-names.js";
import { flowOf } from "./flow.js";
import { flowStep } from "./flow-step.js";
import { giveInstructions } from "./give-instructions.js";
import { leadPastRescues } from "./lead-past-rescues.js";
import { isLoop, withLeaves } from "./leaves.js";
import { mainOf } from "./main-of.js";
import { nameInputs } from "./name-inputs.js";
import { Names, type OuterNames } from "./names.js";
import { pipeInputs } from "./pipe-inputs.js";
import type { PlannedStep, StepCondition, WorkflowPlan } from "./plan.js";
import type { PlanSettings } from "./plan-settings.js";
import { reportFlow } from "./report-flow.js";
import { Targets } from "./routes.js";
import type { StepDraft } from "./step-draft.js";
import {
  checkOrder,
  readParallelization,
  readRetry,
  readRounds,
  readStreamBuffer,
  readTimeout,
} from "./step-settings.js";
import { StepReader, type StepSource } from "./step-source.js";
import { ValueCompiler } from "./value-compiler.js";

/** Bodies may stand in bodies; deeper ones are refused. */
const DEEPEST = 20;

/** Compiles the steps of a list. What is wrong goes to the findings; the plan must not run then. */
export async function compilePlan(
  steps: JsonValue | undefined,
  path: string,
  settings: PlanSettings,
  outer?: OuterNames,
  depth = 0,
): Promise<{ plan: WorkflowPlan; names: Names }> {
  const { findings, types } = settings;
  const sources = new StepReader(types, findings).read(steps, path);
  const indexed = sources.map((source, index) => ({ ...source, index }));
  nameInputs(indexed, findings);
  pipeInputs(indexed, findings);
  giveInstructions(indexed, settings.systemMessage);
  const names = new Names(indexed, settings, outer);
  const byId = new Map(indexed.map(({ id, index }) => [id, index]));
  const targets = new Targets(byId, findings, outer?.beside);
  const compiler = new PlanCompiler(settings, names, targets, depth);
  const drafts: StepDraft[] = [];
  for (const source of indexed) drafts.push(await compiler.step(source));
  leadPastRescues(drafts);
  const flow = flowOf(drafts.map((draft) => flowStep(draft, drafts, byId)));
  reportFlow(flow, drafts, findings);
  for (const { source, references } of drafts) {
    for (const reference of references) {
      const from = byId.get(reference.step);
      if (from !== undefined && flow.carried.has(`${source.index}<${from}`)) reference.optional = true;
    }
  }
  const planned = drafts.map(({ planned: step }, index): PlannedStep => {
    const next = flow.implied.has(index + 1) && flow.implied.get(index + 1) === index ? index + 1 : undefined;
    return {
      ...step,
      ...(next !== undefined && step.next === undefined && step.routes === undefined && { next }),
      needs: flow.needs[index] ?? [],
      gates: flow.gates[index] ?? [],
    };
  });
  const outside = drafts.flatMap(({ references }) => references.filter(({ step }) => !byId.has(step)));
  const plan: WorkflowPlan = {
    steps: planned,
    byId,
    loops: flow.loops,
    leaves: targets.leaves,
    outer: outside,
    answers: answersOf(planned),
  };
  return { plan, names };
}

/** The steps that answer; without any, those that nothing reads, the last before all. */
function answersOf(steps: readonly PlannedStep[]): number[] {
  const answering = steps.filter(({ type }) => type.answers).map(({ index }) => index);
  return answering.length > 0 ? answering : steps.map(({ index }) => index);
}

class PlanCompiler {
  readonly #settings: PlanSettings;
  readonly #names: Names;
  readonly #targets: Targets;
  readonly #depth: number;

  constructor(settings: PlanSettings, names: Names, targets: Targets, depth: number) {
    this.#settings = settings;
    this.#names = names;
    this.#targets = targets;
    this.#depth = depth;
  }

  async step(source: StepSource): Promise<StepDraft> {
    const { findings, maxIterations } = this.#settings;
    const { index, id, path, type, rest } = source;
    const values = new ValueCompiler(source, this.#names, findings);
    let json: ReadonlyMap<string, Value> = new Map();
    const given = await values.inputs(source.inputs, rawFields(type.inputs), async () => {
      json = await this.#jsonProps(source, values);
      return json;
    });
    const decided = await expressionNames(source, values);
    const config = await values.config({ ...source.config, ...decided.config }, rawFields(type.config));
    const inputs = new Map([...decided.names, ...given]);
    const condition = await this.#condition(source, values);
    const each = await this.#each(source, values);
    const { bodies, outer } = await this.#bodies(source, each?.body);
    const prompt = await this.#prompt(source, values);
    checkFields(source, { inputs, config, hasPrompt: prompt !== undefined }, findings);
    const routes = withLeaves(this.#targets.routes(source), bodies.values(), (to) =>
      this.#targets.target(to, `${path}.routes`, id),
    );
    const next =
      rest.next_step === undefined ? undefined : this.#targets.target(rest.next_step, `${path}.next_step`, id);
    const limit = readRounds(source, findings);
    checkOrder(source, this.#names, findings);
    const timeout = readTimeout(source, findings);
    const buffer = readStreamBuffer(rest.stream_buffer, source, findings);
    const { group, priority } = readParallelization(rest.parallelization, type.group);
    const planned: StepDraft["planned"] = {
      index,
      id,
      path,
      type,
      config,
      inputs,
      outputs: declaredOutputs(source, findings),
      ...(condition && { condition }),
      ...(each && { each }),
      ...(routes && { routes }),
      ...(next !== undefined && { next }),
      bodies,
      retry: readRetry(rest.retry, source, findings),
      ...(timeout !== undefined && { timeoutMs: timeout }),
      onError: this.#targets.onError(source),
      ...(group !== undefined && { group }),
      priority,
      ...(buffer && { buffer }),
      maxIterations: limit ?? maxIterations,
      keepsHistory: rest.preserve_previous_results === true,
      json,
      ...(prompt && { prompt }),
    };
    const all: Value[] = [...inputs.values(), ...config.values(), ...(condition?.bindings.values() ?? [])];
    if (each) all.push(each.over);
    all.push(...json.values(), ...(prompt?.variables.values() ?? []));
    const references = [...all.flatMap((value) => [...referencesIn(value)]), ...outer].filter(isStepReference);
    return { source, planned, references };
  }

  async #condition(source: StepSource, values: ValueCompiler): Promise<StepCondition | undefined> {
    const { id, rest } = source;
    const path = `${source.path}.condition`;
    const found = rest.condition;
    if (found === undefined || found === null) return undefined;
    const joined = conditionText(found);
    const asObject =
      isJsonObject(found) && joined === undefined ? (comparisonOf(found) ?? found) : { if: joined ?? found };
    const { if: own, when, expression, then: thenStep, else: elseStep, ...more } = asObject;
    const { then_step = thenStep, else_step = elseStep, ...bindings } = more;
    const text = own ?? when ?? expression;
    if (typeof text === "boolean")
      return this.#condition({ ...source, rest: { ...rest, condition: String(text) } }, values);
    if (typeof text !== "string") {
      const message = "a condition is a text, an object with `if`, or one with left_value, operator and right_value";
      this.#settings.findings.error("bad-condition", path, message, { step: id });
      return undefined;
    }
    const bound = await values.condition(text, `${path}${isJsonObject(found) ? ".if" : ""}`, bindings);
    if (bound === undefined) return undefined;
    const target = (to: JsonValue | undefined, name: string) =>
      to === undefined || to === null ? undefined : this.#targets.target(to, `${path}.${name}`, id);
    const [then, otherwise] = [target(then_step, "then_step"), target(else_step, "else_step")];
    return { ...bound, ...(then !== undefined && { then }), ...(otherwise !== undefined && { otherwise }) };
  }

  async #each(source: StepSource, values: ValueCompiler): Promise<StepDraft["planned"]["each"]> {
    const loop = source.rest.loop;
    if (loop === undefined || loop === null) return undefined;
    if (!isJsonObject(loop) || loop.over === undefined) {
      const message = "a loop is an object with `over`, a list or a reference to one";
      this.#settings.findings.error("wrong-kind", `${source.path}.loop`, message, { step: source.id });
      return undefined;
    }
    const over = typeof loop.over === "string" && /^[A-Za-z_]\w*$/.test(loop.over) ? `{${loop.over}}` : loop.over;
    if (typeof loop.body === "string") {
      this.#settings.findings.error("wrong-kind", `${source.path}.loop.body`, "a body is a list of steps, not a text", {
        step: source.id,
        suggestion: "leave it out: without a body the step itself is run for each item, which it sees as $current_item",
      });
      return undefined;
    }
    const value = await values.listed(over, `${source.path}.loop.over`);
    return {
      over: value,
      ...(loop.body !== undefined && { body: "loop" }),
      ...(typeof loop.as === "string" && { as: loop.as }),
    };
  }

  async #bodies(
    source: StepSource,
    loop: string | undefined,
  ): Promise<{ bodies: ReadonlyMap<string, WorkflowPlan>; outer: readonly Reference[] }> {
    const bodies = new Map<string, WorkflowPlan>();
    const outer: Reference[] = [];
    const lists: [string, JsonValue | undefined, string][] = (source.type.bodies ?? [])
      .filter((field) => source.config[field] !== undefined)
      .map((field) => [field, source.config[field], `${source.path}.config.${field}`]);
    const own = isJsonObject(source.rest.loop) ? source.rest.loop.body : undefined;
    if (loop !== undefined) lists.push([loop, Array.isArray(own) ? own : [own ?? null], `${source.path}.loop.body`]);
    if (lists.length > 0 && this.#depth >= DEEPEST) {
      const message = `steps stand inside steps more than ${DEEPEST} times`;
      this.#settings.findings.error("not-allowed", source.path, message, { step: source.id });
      return { bodies, outer };
    }
    for (const [field, steps, path] of lists) {
      // A list of lists is several branches.
      const branches = Array.isArray(steps) && steps.length > 0 && steps.every(Array.isArray) ? steps : undefined;
      for (const [index, list] of (branches ?? [steps]).entries()) {
        const where = branches ? `${path}[${index}]` : path;
        if (typeof list === "string") {
          this.#settings.findings.error("wrong-kind", where, "a body is a list of steps, not a text", {
            step: source.id,
            suggestion: "write the steps themselves here, each with its id and type",
          });
          continue;
        }
        const inner = await compilePlan(
          list,
          where,
          this.#settings,
          {
            names: this.#names,
            step: source,
            ...(isLoop(source, field) && { beside: new Set(this.#names.ids.filter((id) => id !== source.id)) }),
          },
          this.#depth + 1,
        );
        bodies.set(branches ? `${field}.${index}` : field, inner.plan);
        outer.push(...inner.plan.outer);
      }
    }
    return { bodies, outer };
  }

  async #jsonProps(source: StepSource, values: ValueCompiler): Promise<ReadonlyMap<string, Value>> {
    const props = source.rest.json_props;
    const compiled = new Map<string, Value>();
    if (!isJsonObject(props)) return compiled;
    for (const [name, prop] of Object.entries(props)) {
      const structure = isJsonObject(prop) && prop.structure !== undefined ? prop.structure : prop;
      const defaults = isJsonObject(prop) && isJsonObject(prop.variables) ? prop.variables : {};
      const path = `${source.path}.json_props.${name}`;
      const value = await values.structure(structure, defaults, path);
      // Texts name it in each of these ways.
      for (const known of [name, `json_${name}`, `json_${name}_dict`])
        if (!compiled.has(known)) compiled.set(known, value);
    }
    return compiled;
  }

  async #prompt({ rest, path, id }: StepSource, values: ValueCompiler): Promise<PlannedStep["prompt"] | undefined> {
    const found = rest.prompt_ref;
    if (found === undefined || found === null) return undefined;
    const asObject: JsonObject = isJsonObject(found) ? found : { prompt_id: found };
    const { prompt_id, version, context_variables } = asObject;
    if (typeof prompt_id !== "string") {
      this.#settings.findings.error("missing-field", `${path}.prompt_ref.prompt_id`, "which prompt?", { step: id });
      return undefined;
    }
    const variables = new Map<string, Value>();
    for (const [name, value] of Object.entries(isJsonObject(context_variables) ? context_variables : {})) {
      variables.set(name, await values.value(value, `${path}.prompt_ref.context_variables.${name}`));
    }
    return { id: prompt_id, ...(version != null && { version: String(version) }), variables };
  }
}

function rawFields(specs: FieldSpecs | undefined): ReadonlySet<string> {
  return new Set(Object.entries(specs ?? {}).flatMap(([name, spec]) => (spec.raw ? [name] : [])));
}

function isStepReference(reference: Reference): reference is StepReference {
  return reference.kind === "step";
}

/** Which result each declared output stands for: one of that name, else the main one. */
function declaredOutputs(source: StepSource, findings: Findings): Map<string, string> {
  const { type, outputs, path, id } = source;
  const main = mainOf(source);
  const own = [...outputs].filter(([name, field]) => field === undefined && !Object.hasOwn(type.results, name));
  if (own.length > 1 && !type.openResults) {
    const names = own.map(([name]) => name).join(", ");
    const message = `${type.type} makes none of ${names}: each of them is its ${main}`;
    findings.warn("unknown-output", `${path}.outputs`, message, {
      step: id,
      suggestion: `it makes ${Object.keys(type.results).join(", ")}`,
    });
  }
  return new Map(
    [...outputs].map(([name, field]) => [name, field ?? (Object.hasOwn(type.results, name) ? name : `?${main}`)]),
  );
}
