import { native } from "../../dialects/native/native.js";
import type { Run } from "../../runs/start-run.js";
import type { CallContext } from "../../stream/call-context.js";
import { SluiceError } from "../../stream/error.js";
import type { WorkflowRun } from "../../workflows/run/workflow-run.js";
import type { ServerCall } from "../call.js";
import { endRun } from "../end-run.js";
import type { ServerCore } from "../server-core.js";
import { startServed, threadOf } from "../start-served.js";

/** What is to be run, or to go on. */
export interface WorkflowToServe {
  /** The run's id in its engine. */
  runId: string;
  /** What it is served as. */
  name: string;
  background: boolean;
  begin(context: CallContext): WorkflowRun;
}

/** Runs a workflow into the log. Each time that it goes on it is a run of its own there, found by the id of the engine's. */
export function startWorkflow(core: ServerCore, call: ServerCall, asked: WorkflowToServe): Promise<Run> {
  const { runId, name, background, begin } = asked;
  return startServed(core, call, {
    model: name,
    modelId: `workflow/${name}`,
    protocol: native.name,
    thread: workflowThread(runId),
    meta: { workflowRun: runId },
    background,
    resumable: true,
    stream: (context) => begin(context).stream,
  });
}

function workflowThread(runId: string): string {
  return `workflow/${runId}`;
}

/** The newest run of the log in which a workflow's run went on; `undefined` where none is kept. */
export function newestLogRun(core: ServerCore, call: ServerCall, runId: string): Promise<string | undefined> {
  return core.log.newestOf(threadOf(call, workflowThread(runId)));
}

/** Ends the run of the log in which a workflow's run goes on. */
export async function endLogRun(core: ServerCore, call: ServerCall, runId: string, reason: string): Promise<void> {
  const run = await newestLogRun(core, call, runId);
  if (run !== undefined) await endRun(core.log, run, reason);
}

/** @throws {SluiceError} `conflict` while a workflow's run goes on. */
export async function refuseWhileGoingOn(core: ServerCore, call: ServerCall, runId: string): Promise<void> {
  const run = await newestLogRun(core, call, runId);
  const record = run === undefined ? undefined : await core.log.find(run);
  if (record?.state !== "running") return;
  throw new SluiceError("conflict", `the run ${runId} goes on (${record.run})`, { retryable: true, field: "runId" });
}
