import type { JsonObject, JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { badRequest } from "../../dialects/wire-object.js";
import { boolean, type Check, exactly, filledString, jsonObject } from "../../stream/checks.js";
import { describe, SluiceError } from "../../stream/error.js";
import type { RunDetails, RunStatus, WorkflowRunRecord } from "../../workflows/engines/engine.js";
import { graphOf } from "../../workflows/graph/graph-of.js";
import { answerQuestion, rerunFrom, resumeRun } from "../../workflows/resume-run.js";
import type { ResumeOptions } from "../../workflows/run/start-run.js";
import type { WorkflowRun } from "../../workflows/run/workflow-run.js";
import type { WorkflowServices } from "../../workflows/services.js";
import { checkWorkflow, type Workflow } from "../../workflows/workflow.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { asRequestLater, checkedBody } from "../checked-body.js";
import { begunReply } from "../entries-reply.js";
import { cursorOf, pageIn } from "../list-cursor.js";
import { nativeRoute } from "../native-route.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { aDocument } from "./a-document.js";
import { graphJson } from "./graph-json.js";
import { endLogRun, newestLogRun, refuseWhileGoingOn, startWorkflow } from "./start-workflow.js";
import { stepInputs } from "./step-inputs.js";
import type { WorkflowHost } from "./workflow-host.js";

const RUNS = "/v1/workflow-runs";

/** A request about runs of workflows. */
interface Asked {
  core: ServerCore;
  host: WorkflowHost;
  call: ServerCall;
}

/** Runs of workflows: begun, read, answered, gone on with, run again from a step, cancelled. */
export function workflowRunRoutes(core: ServerCore, host: WorkflowHost): Route[] {
  const route = nativeRoute("Workflows", "", (call): Asked => ({ core, host, call }));
  return [
    route("POST", "/v1/workflows/:name/runs", "begins a run; answers with its entries", startNamed),
    route("POST", RUNS, "begins a run of a document, where the server runs documents of callers", startGiven),
    route("GET", RUNS, "the caller's, the newest first: `?workflow=&status=&limit=&after=`", list),
    route("GET", `${RUNS}/:id`, "one with its graph, its steps and what it waits for", show),
    route("POST", `${RUNS}/:id/answers`, "answers what it waits for; it goes on", answers),
    route("POST", `${RUNS}/:id/resume`, "goes on where it stands", resume),
    route("POST", `${RUNS}/:id/rerun`, "runs again from a step", rerun),
    route("POST", `${RUNS}/:id/cancel`, "ends it for good", cancel),
  ];
}

const START: Check = exactly("a run", { inputs: jsonObject, background: boolean }, "body");
const GIVEN: Check = exactly(
  "a run of a document",
  { document: { required: aDocument }, inputs: jsonObject, background: boolean },
  "body",
);

async function startNamed(asked: Asked): Promise<ServerReply> {
  const { core, host, call } = asked;
  const { name } = core.models.find(pathPart(call, "/v1/workflows/"), call.caller);
  const workflow = host.served(name);
  const body = await checkedBody(call, START);
  return begin(asked, name, workflow, uuid(), body);
}

async function startGiven(asked: Asked): Promise<ServerReply> {
  const { host, call } = asked;
  const body = await checkedBody(call, GIVEN);
  const { workflow, runId } = await asRequestLater(() => host.given(body.document, call.caller));
  return begin(asked, `workflow/${workflow.name}`, workflow, runId, body);
}

async function begin(
  { core, host, call }: Asked,
  name: string,
  workflow: Workflow,
  runId: string,
  { inputs = {}, background }: JsonObject,
): Promise<ServerReply> {
  const run = await asRequestLater(() =>
    startWorkflow(core, call, {
      runId,
      name,
      background: background === true,
      begin: (context) =>
        workflow.run({ inputs: inputs as JsonObject, runId, engine: host.engine, context, retain: false }),
    }),
  );
  return withRunId(begunReply(call, run, background === true), runId);
}

/** The header that names a workflow's run, which stays the same however often it goes on. */
const WORKFLOW_RUN_HEADER = "x-sluice-workflow-run";

function withRunId(reply: ServerReply, runId: string): ServerReply {
  return { ...reply, headers: { ...reply.headers, [WORKFLOW_RUN_HEADER]: runId } };
}

const STATUSES: readonly RunStatus[] = ["running", "waiting", "completed", "failed", "cancelled"];

async function list({ host, call }: Asked): Promise<ServerReply> {
  const { limit, after } = pageIn(call, 50);
  const given = call.query.get("status");
  const status = STATUSES.find((one) => one === given);
  if (given !== null && status === undefined) throw badRequest("status", given, STATUSES.join(", "));
  const owner = host.ownerOf(call.caller);
  const workflow = call.query.get("workflow");
  const page = await host.engine.list({
    limit: limit + 1,
    ...(status && { status }),
    ...(workflow !== null && { workflow: host.workflows.get(workflow)?.name ?? workflow }),
    ...(owner !== undefined && { owner }),
    ...(after && { after: { createdAt: after.time, id: after.id } }),
  });
  const shown = page.slice(0, limit);
  const last = page.length > limit ? shown.at(-1) : undefined;
  return jsonReply({
    data: shown.map((run) => recordJson(run, host)),
    ...(last && { next: cursorOf({ time: last.createdAt, id: last.id }) }),
  });
}

async function show(asked: Asked): Promise<ServerReply> {
  const { core, host, call } = asked;
  const details = await runIn(asked);
  const { workflow } = await checkWorkflow(details.document, servicesOrNone(host, details, call));
  const logged = await newestLogRun(core, call, details.id);
  const record = logged === undefined ? undefined : await core.log.find(logged);
  return jsonReply({
    ...recordJson(details, host),
    inputs: details.inputs,
    document: details.document,
    ...(workflow && { graph: graphJson(graphOf(workflow.plan)), given: stepInputs(workflow, details) }),
    ...(details.output !== undefined && { output: details.output }),
    questions: details.questions,
    steps: details.steps,
    ...(record && { run: { id: record.run, state: record.state } }),
  });
}

/** What is served may have changed since: a run can be looked at all the same. */
function servicesOrNone(host: WorkflowHost, run: WorkflowRunRecord, { caller }: ServerCall): WorkflowServices {
  try {
    return host.servicesOf(run, caller);
  } catch {
    return {};
  }
}

function recordJson(run: WorkflowRunRecord, host: WorkflowHost) {
  const { id, workflow, status, createdAt, updatedAt, error, questions } = run;
  const served = host.nameOf(run);
  return {
    id,
    workflow: served ?? workflow,
    served: served !== undefined,
    status,
    createdAt,
    updatedAt,
    waitsFor: questions.length,
    ...(error && { error }),
  };
}

const ANSWERS: Check = exactly("answers", { answers: { required: jsonObject }, background: boolean }, "body");

async function answers(asked: Asked): Promise<ServerReply> {
  const { core, host, call } = asked;
  const { answers: given, background } = await checkedBody(call, ANSWERS);
  const run = await runIn(asked);
  await refuseWhileGoingOn(core, call, run.id);
  for (const [question, answer] of Object.entries(given as JsonObject)) {
    await asRequestLater(() => answerQuestion(host.engine, run.id, question, answer));
  }
  return goOn(asked, run, background, (services, options) => resumeRun(host.engine, run.id, services, options));
}

const RESUME: Check = exactly("a run that goes on", { background: boolean }, "body");

async function resume(asked: Asked): Promise<ServerReply> {
  const { host, call } = asked;
  const { background } = await checkedBody(call, RESUME);
  const run = await runIn(asked);
  return goOn(asked, run, background, (services, options) => resumeRun(host.engine, run.id, services, options));
}

const RERUN: Check = exactly("a run again", { from: { required: filledString }, background: boolean }, "body");

async function rerun(asked: Asked): Promise<ServerReply> {
  const { host, call } = asked;
  const { from, background } = await checkedBody(call, RERUN);
  const run = await runIn(asked);
  return goOn(asked, run, background, (services, options) =>
    rerunFrom(host.engine, run.id, String(from), services, options),
  );
}

async function goOn(
  { core, host, call }: Asked,
  details: RunDetails,
  background: JsonValue | undefined,
  again: (services: WorkflowServices, options: ResumeOptions) => Promise<WorkflowRun>,
): Promise<ServerReply> {
  await refuseWhileGoingOn(core, call, details.id);
  const services = host.servicesOf(details, call.caller);
  const name = host.nameOf(details) ?? `workflow/${details.workflow}`;
  if (host.workflows.has(name)) core.models.find(name, call.caller);
  const context = { caller: call.caller.name };
  const going = await again(services, { context, retain: false });
  const run = await startWorkflow(core, call, {
    runId: details.id,
    name,
    background: background === true,
    begin: () => going,
  });
  return withRunId(begunReply(call, run, background === true), details.id);
}

async function cancel(asked: Asked): Promise<ServerReply> {
  const { core, host, call } = asked;
  const { id } = await runIn(asked);
  await host.engine.cancel(id);
  await endLogRun(core, call, id, "the run was cancelled");
  return jsonReply({ id, status: (await host.engine.show(id)).status });
}

function runIn({ host, call }: Asked): Promise<RunDetails> {
  const id = pathPart(call, `${RUNS}/`);
  if (id === "") throw new SluiceError("not-found", `there is no run ${describe(id)}`, { field: "runId" });
  return host.run(id, call.caller);
}
