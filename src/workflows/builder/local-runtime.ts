import type { JsonObject } from "../../base/json.js";
import { CALL_OPTIONS } from "../../stream/call-options.js";
import { boolean, callable, exactly, jsonObject, signal } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { checkEngine } from "../engines/check-engine.js";
import type { WorkflowRunOptions } from "../run/start-run.js";
import type { WorkflowRun } from "../run/workflow-run.js";
import type { StepResult } from "../steps/step-type.js";
import { BuiltWorkflow } from "./built-workflow.js";

/** Settings of one execution. */
export interface ExecuteOptions extends Omit<WorkflowRunOptions, "inputs"> {
  /** By node (`{ chat: { message: "Hi" } }`) or flat (`{ message: "Hi" }`). */
  parameters?: JsonObject;
}

const OPTIONS = exactly("LocalRuntime", {
  engine: checkEngine,
  signal,
  onQuestion: callable,
  context: CALL_OPTIONS.context,
  retain: boolean,
});

/** Runs workflows that a builder made, in this process. */
export class LocalRuntime {
  readonly #options: Omit<ExecuteOptions, "parameters" | "runId">;

  /** @param options for every execution. @throws {SluiceError} `invalid-argument` for unknown options. */
  constructor(options: Omit<ExecuteOptions, "parameters" | "runId"> = {}) {
    OPTIONS(options, "");
    this.#options = options;
  }

  /**
   * Runs a workflow to its end.
   *
   * @returns what each node made, by its id.
   * @throws {SluiceError} `invalid-argument` before anything runs; the error of the node that failed, which it names.
   */
  async execute(
    workflow: BuiltWorkflow,
    options: ExecuteOptions = {},
  ): Promise<{ results: { [node: string]: StepResult }; runId: string }> {
    const run = await this.start(workflow, options);
    const { results, runId } = await run.result;
    return { results, runId };
  }

  /** Begins a run whose stream tells what happens while it happens. */
  async start(workflow: BuiltWorkflow, options: ExecuteOptions = {}): Promise<WorkflowRun> {
    if (!(workflow instanceof BuiltWorkflow))
      throw invalid("workflow", workflow, "what WorkflowBuilder.build() returns");
    jsonObject(options, "options");
    const { parameters = {}, ...rest } = options;
    jsonObject(parameters, "parameters");
    const { workflow: loaded, inputs } = await workflow.load(parameters);
    return loaded.run({ ...this.#options, ...rest, inputs });
  }
}
