import { describeDiagnostic } from "../../workflows/format/diagnostic.js";
import { loadWorkflow } from "../../workflows/workflow.js";
import { askQuestion } from "../ask-question.js";
import { exitCodeOf } from "../exit-code.js";
import type { Io } from "../io.js";
import { reportError } from "../report-error.js";
import { showRun } from "../show-run.js";
import {
  type EngineOptions,
  openEngine,
  readInputs,
  readWorkflow,
  type WorkflowServiceOptions,
  workflowServices,
} from "../workflow-services.js";

/** Options of `sluice run`. */
export interface RunWorkflowOptions extends WorkflowServiceOptions, EngineOptions {
  input?: readonly string[];
  inputs?: string;
  runId?: string;
  json?: boolean;
  quiet?: boolean;
}

/** Runs the workflow of a file. */
export async function runWorkflowCommand(file: string, options: RunWorkflowOptions, io: Io): Promise<number> {
  try {
    const workflow = await loadWorkflow(await readWorkflow(file), await workflowServices(options, io));
    if (!options.quiet && !options.json) {
      for (const warning of workflow.warnings) io.stderr.write(`${describeDiagnostic(warning)}\n`);
    }
    const inputs = await readInputs(options.input ?? [], options.inputs, workflow);
    const engine = await openEngine(options, io);
    try {
      const run = workflow.run({
        inputs,
        ...(engine && { engine }),
        ...(options.runId !== undefined && { runId: options.runId }),
        ...(io.stdin.isTTY && !options.json && { onQuestion: (question, signal) => askQuestion(question, io, signal) }),
      });
      return await showRun(run, { ...options, kept: engine !== undefined }, io);
    } finally {
      await engine?.close();
    }
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}
