import type { JsonObject, JsonValue } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import { SluiceError } from "../stream/error.js";
import { checkJsonSchema } from "../structured/check-json-schema.js";
import { checkServices } from "./check-services.js";
import { checkEngine } from "./engines/check-engine.js";
import { FORMAT, type OpenQuestion, type RunDetails, type WorkflowEngine } from "./engines/engine.js";
import { outermostStep } from "./engines/step-key.js";
import type { WorkflowPlan } from "./plan/plan.js";
import { type ResumeOptions, resumedRun } from "./run/start-run.js";
import type { WorkflowRun } from "./run/workflow-run.js";
import type { WorkflowServices } from "./services.js";
import { loadWorkflow, type Workflow } from "./workflow.js";

/**
 * Goes on with a run: steps that are over are not run again. The document is the one that the run was begun with.
 *
 * @throws {SluiceError} `not-found`; `conflict` for a run that was cancelled; `unsupported` for one of another format.
 *   The run's stream fails with `conflict` while another process runs it.
 * @example
 * ```ts
 * import { answerQuestion, EmbeddedEngine, resumeRun } from "sluice/workflows";
 *
 * const engine = await EmbeddedEngine.open("runs.db");
 * for (const { id, questions } of await engine.list({ status: "waiting" })) {
 *   const [question] = questions;
 *   if (question === undefined) continue;
 *   await answerQuestion(engine, id, question.id, { decision: "approve" });
 *   console.log((await (await resumeRun(engine, id)).result).output);
 * }
 * ```
 */
export async function resumeRun(
  engine: WorkflowEngine,
  runId: string,
  services: WorkflowServices = {},
  options: ResumeOptions = {},
): Promise<WorkflowRun> {
  const { run, workflow } = await runOf(engine, runId, services);
  if (run.status === "cancelled")
    throw new SluiceError("conflict", `the run ${runId} was cancelled`, { field: "runId" });
  return resumedRun(workflow, run, engine, options, (document) => loadWorkflow(document, services));
}

/**
 * Answers a question that a run waits for, once. The run goes on when it is resumed.
 *
 * @throws {SluiceError} `not-found`; `conflict` where it was answered; `invalid-argument` for what does not fit its schema.
 */
export async function answerQuestion(
  engine: WorkflowEngine,
  runId: string,
  questionId: string,
  answer: JsonValue,
): Promise<void> {
  checkEngine(engine, "engine");
  const { questions } = await engine.show(runId);
  const question = questions.find(({ id }) => id === questionId);
  await engine.answer(runId, questionId, question === undefined ? answer : fittingAnswer(question, answer));
}

/** The answer in the form that its question wants: a word alone may stand for a decision. */
export function fittingAnswer({ schema }: OpenQuestion, answer: JsonValue): JsonValue {
  const { properties } = schema;
  const decides = typeof properties === "object" && properties !== null && "decision" in properties;
  const whole: JsonValue = decides && (typeof answer !== "object" || answer === null) ? { decision: answer } : answer;
  const [issue] = checkJsonSchema(schema, whole);
  if (issue !== undefined) {
    throw new SluiceError("invalid-argument", `answer: ${issue.message}`, { field: "answer" });
  }
  return whole;
}

/**
 * Runs a run again from a step: what this step and those after it made is forgotten.
 *
 * @throws {SluiceError} `not-found` for an unknown run or step; `conflict` while somebody runs it.
 */
export async function rerunFrom(
  engine: WorkflowEngine,
  runId: string,
  step: string,
  services: WorkflowServices = {},
  options: ResumeOptions = {},
): Promise<WorkflowRun> {
  const { run, workflow } = await runOf(engine, runId, services);
  const index = workflow.plan.byId.get(step);
  if (index === undefined) {
    const near = nearest(step, [...workflow.plan.byId.keys()]);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : [...workflow.plan.byId.keys()].join(", ");
    throw new SluiceError("not-found", `there is no step ${JSON.stringify(step)}: ${hint}`, { field: "step" });
  }
  const after = dependents(workflow.plan, index);
  await engine.forget(runId, (key) => after.has(outermostStep(key)));
  return resumedRun(workflow, run, engine, options, (document) => loadWorkflow(document, services));
}

async function runOf(
  engine: WorkflowEngine,
  runId: string,
  services: WorkflowServices,
): Promise<{ run: RunDetails; workflow: Workflow }> {
  checkEngine(engine, "engine");
  checkServices(services, "services");
  const run = await engine.show(runId);
  if (run.format !== FORMAT) {
    const message = `the run ${runId} has format ${run.format}, and this interpreter runs format ${FORMAT}`;
    throw new SluiceError("unsupported", message, { field: "runId" });
  }
  const document: JsonObject = run.document;
  return { run, workflow: await loadWorkflow(document, services) };
}

/** The ids of a step and of those that it leads to or that read it, directly or through others. */
function dependents({ steps }: WorkflowPlan, index: number): ReadonlySet<string> {
  const found = new Set([index]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { index: at, needs, gates } of steps) {
      if (found.has(at)) continue;
      if (![...needs.map(({ from }) => from), ...gates].some((from) => found.has(from))) continue;
      found.add(at);
      grown = true;
    }
  }
  return new Set(steps.flatMap((step) => (found.has(step.index) ? [step.id] : [])));
}
