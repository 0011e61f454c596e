import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { checkJsonSchema } from "../structured/check-json-schema.js";
import { checkServices } from "./check-services.js";
import { findModel } from "./find-model.js";
import { type Diagnostic, Findings, refusedWorkflow } from "./format/diagnostic.js";
import { usualDocument } from "./format/other-formats.js";
import { parseDocument } from "./format/parse-document.js";
import { compilePlan } from "./plan/compile-plan.js";
import type { PlannedStep, WorkflowInput, WorkflowPlan } from "./plan/plan.js";
import { startRun, type WorkflowRunOptions } from "./run/start-run.js";
import type { WorkflowRun } from "./run/workflow-run.js";
import type { WorkflowServices } from "./services.js";
import type { StepType } from "./steps/step-type.js";
import { STEP_TYPES } from "./steps/step-types.js";
import { readHead, type WorkflowHead } from "./workflow-document.js";
import { type WorkflowModel, type WorkflowModelOptions, workflowModel } from "./workflow-model.js";

/** The result of checking a workflow. */
export interface CheckedWorkflow {
  /** The workflow, ready to run; absent where there is an error. */
  workflow?: Workflow;
  /** Everything that is wrong, and how unclear places are read. */
  diagnostics: Diagnostic[];
}

/** A workflow that was checked as a whole and can be run. */
export class Workflow {
  /** As its document says. */
  readonly name: string;
  /** What it does, as its document says. */
  readonly description: string | undefined;
  /** What its author wrote. */
  readonly document: JsonObject;
  /** What a run is given: the declared inputs, and those that steps use without. */
  readonly inputs: readonly WorkflowInput[];
  /** How unclear places were read. */
  readonly warnings: readonly Diagnostic[];
  /** Its settings as a whole: limits, times, variables. */
  readonly head: WorkflowHead;
  /** Its steps, compiled: what a run carries out. */
  readonly plan: WorkflowPlan;
  /** What its steps can use. */
  readonly services: WorkflowServices;

  /** Use `loadWorkflow`. */
  constructor(
    document: JsonObject,
    head: WorkflowHead,
    plan: WorkflowPlan,
    inputs: readonly WorkflowInput[],
    services: WorkflowServices,
    warnings: readonly Diagnostic[],
  ) {
    this.name = head.name;
    this.description = head.description;
    this.document = document;
    this.head = head;
    this.plan = plan;
    this.inputs = inputs;
    this.services = services;
    this.warnings = warnings;
  }

  /**
   * Runs it. Nothing happens before the run's stream is read or its result is asked for.
   *
   * @throws {SluiceError} `invalid-argument` for inputs that are missing, unknown or of the wrong kind.
   */
  run(options: WorkflowRunOptions = {}): WorkflowRun {
    return startRun(this, options, (document) => loadWorkflow(document, this.services));
  }

  /** The workflow as a chat model: the user's last message is its input, and the answer of the run is the answer of the model. */
  asModel(options: WorkflowModelOptions = {}): WorkflowModel {
    return workflowModel(this, options);
  }

  /** JSON Schema of a run's inputs, for a tool or a form. */
  get inputSchema(): JsonObject {
    const properties = Object.fromEntries(this.inputs.map(({ name, schema }) => [name, schema]));
    const required = this.inputs.filter((input) => input.required).map(({ name }) => name);
    return { type: "object", properties, ...(required.length > 0 && { required }) };
  }

  /**
   * The variables of a run with these inputs.
   *
   * @throws {SluiceError} `invalid-argument` for inputs that are missing or of the wrong kind.
   */
  variables(given: JsonObject): JsonObject {
    const all: JsonObject = { ...this.head.variables, ...given };
    const missing: string[] = [];
    for (const { name, schema, required, fallback, impliedBy } of this.inputs) {
      const value = given[name] ?? all[name] ?? fallback;
      if (value === undefined) {
        if (required) missing.push(impliedBy === undefined ? name : `${name} (used at ${impliedBy})`);
        else all[name] = null;
        continue;
      }
      const [issue] = checkJsonSchema(schema, value);
      if (issue !== undefined) {
        throw new SluiceError("invalid-argument", `inputs.${name}: ${issue.message}`, { field: `inputs.${name}` });
      }
      all[name] = value;
    }
    if (missing.length > 0) {
      const field = `inputs.${missing[0]?.split(" ")[0]}`;
      throw new SluiceError("invalid-argument", `workflow ${this.name} needs inputs: ${missing.join(", ")}`, { field });
    }
    return all;
  }
}

/**
 * Reads and checks a workflow.
 *
 * @param source its JSON or YAML, or an object.
 * @throws {SluiceError} `invalid-argument` with everything that is wrong with it, each with its path and a suggestion.
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { loadWorkflow } from "sluice/workflows";
 *
 * const workflow = await loadWorkflow(await readFile("research.json", "utf8"), { folder: "." });
 * for await (const text of workflow.run({ inputs: { question: "Why?" } }).stream.text) process.stdout.write(text);
 * ```
 */
export async function loadWorkflow(source: unknown, services: WorkflowServices = {}): Promise<Workflow> {
  const { workflow, diagnostics } = await checkWorkflow(source, services);
  if (workflow !== undefined) return workflow;
  const name = isJsonObject(source) && typeof source.name === "string" ? source.name : "";
  throw refusedWorkflow(
    name || "document",
    diagnostics.filter(({ severity }) => severity === "error"),
  );
}

/**
 * Looks for everything that is wrong with a workflow, and does not throw for it. What is checked can be run as it is.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { checkWorkflow, describeDiagnostic } from "sluice/workflows";
 *
 * const { diagnostics } = await checkWorkflow({ steps: [{ id: "a", type: "llm_chatt" }] });
 * for (const diagnostic of diagnostics) console.log(describeDiagnostic(diagnostic));
 * ```
 */
export async function checkWorkflow(source: unknown, services: WorkflowServices = {}): Promise<CheckedWorkflow> {
  checkServices(services, "options");
  const findings = new Findings();
  const parsed = await parseDocument(source, findings);
  if (parsed === undefined) return { diagnostics: findings.all };
  const document = usualDocument(parsed, findings);
  if (findings.errors.length > 0) return { diagnostics: findings.all };
  const head = readHead(document, findings);
  const declared = [...head.inputs.map(({ name }) => name), ...Object.keys(head.variables)];
  const { plan, names } = await compilePlan(document.steps, "steps", {
    types: typesOf(services.stepTypes),
    findings,
    variables: declared,
    maxIterations: head.maxIterations,
    ...(head.config.system_message !== undefined && { systemMessage: head.config.system_message }),
  });
  const implied = [...names.impliedInputs.values()];
  const all = [...head.inputs, ...implied, ...askedInputs(plan, new Set(declared))];
  checkModels(plan, head, services, findings);
  if (findings.errors.length > 0) return { diagnostics: findings.all };
  return { workflow: new Workflow(document, head, plan, all, services, findings.all), diagnostics: findings.all };
}

/** The built-in types and the caller's, by all their names. */
export function typesOf(more: readonly StepType[] = []): Map<string, StepType> {
  const types = new Map<string, StepType>();
  for (const type of [...STEP_TYPES, ...more]) {
    for (const name of [type.type, ...(type.aliases ?? [])]) types.set(name, type);
  }
  return types;
}

/** What `input` steps ask for: a run may be given it. */
function askedInputs(plan: WorkflowPlan, declared: ReadonlySet<string>): WorkflowInput[] {
  return plan.steps.flatMap((step) => {
    if (step.type.type !== "input" || step.inputs.size > 0 || step.config.has("value")) return [];
    const [name = step.id] = step.outputs.keys();
    if (declared.has(name)) return [];
    const prompt = step.config.get("prompt");
    const description = prompt?.kind === "literal" && typeof prompt.value === "string" ? prompt.value : undefined;
    return [{ name, schema: { ...(description !== undefined && { description }) }, required: false }];
  });
}

/** Providers that are not configured, and unknown models, before anything is sent. */
function checkModels(plan: WorkflowPlan, head: WorkflowHead, services: WorkflowServices, findings: Findings): void {
  for (const step of plan.steps) {
    for (const body of step.bodies.values()) checkModels(body, head, services, findings);
    if (step.type.group !== "llm" || step.type.config?.provider === undefined) continue;
    const [provider, model] = [literal(step, "provider"), literal(step, "model")];
    try {
      findModel({ step: step.id, ...(provider && { provider }), ...(model && { model }) }, head.config, services);
    } catch (thrown) {
      const { code } = SluiceError.from(thrown);
      const path = `${step.path}.config.${provider === undefined ? "model" : "provider"}`;
      // A key may be set on the machine that runs it.
      if (code === "unknown-model") findings.error("not-configured", path, messageOf(thrown), { step: step.id });
      else findings.warn("not-configured", path, messageOf(thrown), { step: step.id });
    }
  }
}

function literal(step: PlannedStep, name: string): string | undefined {
  const value: { kind: string; value?: JsonValue } | undefined = step.config.get(name);
  return typeof value?.value === "string" ? value.value : undefined;
}
