import { type Clock, systemClock } from "../../base/clock.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { uuid } from "../../base/uuid.js";
import type { CallContext } from "../../stream/call-context.js";
import { CALL_OPTIONS } from "../../stream/call-options.js";
import { boolean, callable, exactly, jsonObject, signal, wholeNumber } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { checkEngine } from "../engines/check-engine.js";
import type { OpenQuestion, WorkflowEngine, WorkflowRunRecord } from "../engines/engine.js";
import { FORMAT, type NewRun } from "../engines/engine.js";
import { describeDiagnostic } from "../format/diagnostic.js";
import type { Workflow } from "../workflow.js";
import { ActiveRun } from "./active-run.js";
import type { WorkflowRun } from "./workflow-run.js";

/** Settings of a run. */
export interface WorkflowRunOptions {
  /** What the run is given, by name: the workflow's inputs, and answers to its `input` steps. */
  inputs?: JsonObject;
  /** Stops the run. */
  signal?: AbortSignal;
  /** Names the run. Default: a new id. */
  runId?: string;
  /** Keeps the run, so that it can go on in another process. Default: it is not kept. */
  engine?: WorkflowEngine;
  /**
   * Answers questions while the run goes on. Without it a run that has to ask ends with `input-required`, and goes on when
   * it is resumed with the answer.
   */
  onQuestion?: (question: OpenQuestion, signal: AbortSignal) => Promise<JsonValue>;
  /** What belongs to the run and not to a question: handed on to every model that is called. */
  context?: CallContext;
  /** `false` keeps nothing of the stream: `stream.fullText` and `message` are refused. Default true. */
  retain?: boolean;
}

const isRunId = (value: unknown, path: string): void => {
  if (typeof value === "string" && /^[\w.-]{1,200}$/.test(value)) return;
  throw invalid(path, value, "1 to 200 of A–Z a–z 0–9 _ . -");
};
const FOR_ALL = {
  signal,
  onQuestion: callable,
  context: CALL_OPTIONS.context,
  retain: boolean,
};

const checkOptions = exactly("options of a run", {
  inputs: jsonObject,
  runId: isRunId,
  engine: checkEngine,
  ...FOR_ALL,
} satisfies Record<keyof WorkflowRunOptions, unknown>);
const checkResumeOptions = exactly("options of a run that goes on", {
  ...FOR_ALL,
  maxTakeovers: wholeNumber(0),
} satisfies Record<keyof ResumeOptions, unknown>);

/**
 * Begins a run.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function startRun(
  workflow: Workflow,
  options: WorkflowRunOptions,
  compile: (document: JsonValue) => Promise<Workflow>,
): WorkflowRun {
  checkOptions(options, "options");
  const { inputs = {}, signal, runId = uuid(), engine, onQuestion, context, retain } = options;
  refuseMissingModels(workflow);
  refuseUnknownInputs(workflow, inputs);
  const clock: Clock = workflow.services.clock ?? systemClock;
  return new ActiveRun(workflow, {
    runId,
    variables: workflow.variables(inputs),
    clock,
    signal,
    onQuestion,
    retain,
    callContext: context,
    compile,
    conversations: engine?.conversations,
    memory: engine?.memory,
    open:
      engine && (async () => ({ journal: await engine.begin(beginning(workflow, runId, inputs, context?.caller)) })),
  });
}

/** Settings of a run that goes on. */
export interface ResumeOptions extends Omit<WorkflowRunOptions, "inputs" | "runId" | "engine"> {
  /**
   * How often a run may be taken from a process that died, while none of its steps ends. Then it fails with `run-lost`: a run
   * that ends each process that has it is not to end them all. Default 10.
   */
  maxTakeovers?: number;
}

/** Goes on with a run of an engine. */
export function resumedRun(
  workflow: Workflow,
  { id, inputs }: WorkflowRunRecord,
  engine: WorkflowEngine,
  options: ResumeOptions,
  compile: (document: JsonValue) => Promise<Workflow>,
): WorkflowRun {
  checkResumeOptions(options, "options");
  const { signal, onQuestion, context, retain, maxTakeovers } = options;
  return new ActiveRun(workflow, {
    runId: id,
    variables: workflow.variables(inputs),
    clock: workflow.services.clock ?? systemClock,
    signal,
    onQuestion,
    retain,
    callContext: context,
    compile,
    conversations: engine.conversations,
    memory: engine.memory,
    open: async () => {
      const { run, journal } = await engine.resume(id);
      return { journal, before: run.status };
    },
    maxTakeovers,
  });
}

function beginning(workflow: Workflow, id: string, inputs: JsonObject, owner: string | undefined): NewRun {
  const { name, document } = workflow;
  return { id, workflow: name, inputs, document, format: FORMAT, ...(owner !== undefined && { owner }) };
}

/** A model that is not configured is known before anything is sent. */
function refuseMissingModels({ name, warnings }: Workflow): void {
  const missing = warnings.filter(({ code }) => code === "not-configured");
  if (missing.length === 0) return;
  const lines = missing.map((one) => `\n  ${describeDiagnostic(one)}`).join("");
  throw new SluiceError("missing-key", `workflow ${name} cannot run here:${lines}`, { field: missing[0]?.path ?? "" });
}

/** Names that `input` steps take whatever they are called. */
const USUAL_INPUTS = ["user_input", "user_query", "user_message"];

function refuseUnknownInputs(workflow: Workflow, inputs: JsonObject): void {
  const known = new Set([...workflow.inputs.map(({ name }) => name), ...Object.keys(workflow.head.variables)]);
  for (const { id, type, outputs } of workflow.plan.steps) {
    if (type.type !== "input") continue;
    known.add(id);
    for (const name of [...outputs.keys(), ...USUAL_INPUTS]) known.add(name);
  }
  for (const [name, value] of Object.entries(inputs)) {
    if (known.has(name)) continue;
    const near = nearest(name, [...known], 1);
    const allowed = near.length > 0 ? `did you mean ${near[0]}?` : `${[...known].join(", ") || "none"}`;
    throw invalid(`inputs.${name}`, value, allowed);
  }
}
