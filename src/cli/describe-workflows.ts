import { type Command, Option } from "commander";
import type { RunStatus } from "../workflows/engines/engine.js";
import { TEMPLATE_NAMES } from "../workflows/templates.js";
import { type RunWorkflowOptions, runWorkflowCommand } from "./commands/run-workflow.js";
import {
  cancelRunCommand,
  listRunsCommand,
  type ResumeCommandOptions,
  type RunsOptions,
  rerunCommand,
  resumeRunCommand,
  showRunCommand,
  type WorkOptions,
  workCommand,
} from "./commands/runs.js";
import {
  checkWorkflowCommand,
  graphWorkflowCommand,
  newWorkflowCommand,
  schemaWorkflowCommand,
} from "./commands/workflow.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";
import { count, listed } from "./option-values.js";

const STATUSES: readonly RunStatus[] = ["running", "waiting", "completed", "failed", "cancelled"];

const ENGINE_FILE = ["--engine-file <path>", "where embedded keeps runs; default: beside the conversations"] as const;
const ENGINE_URL = ["--engine-url <url>", "where dbos keeps runs; default: DBOS_SYSTEM_DATABASE_URL"] as const;

function engineOption(...names: string[]): Option {
  return new Option("--engine <name>", "what keeps runs").choices(names).default("embedded");
}

/** Adds `sluice run`, `sluice workflow` and `sluice runs`. */
export function describeWorkflows(program: Command, io: Io, ended: (code: number) => void): void {
  const run = program
    .command("run")
    .description("run a workflow; progress goes to stderr, the answer to stdout")
    .argument("<file>", "the workflow, as JSON or YAML")
    .option(
      "-i, --input <name=value>",
      "what the run is given; @file for a file's text; may be given several times",
      listed,
    )
    .option("--inputs <file>", "a JSON object of inputs")
    .addOption(engineOption("embedded", "dbos", "none"))
    .option(...ENGINE_FILE)
    .option(...ENGINE_URL)
    .option("--run-id <id>", "names the run");
  withServices(run)
    .option("--json", "print events as JSON, one a line")
    .option("-q, --quiet", "nothing on stderr but errors and questions")
    .action(async (file: string, options: RunWorkflowOptions) => ended(await runWorkflowCommand(file, options, io)));
  describeWorkflow(program, io, ended);
  describeRuns(program, io, ended);
}

function withServices(command: Command): Command {
  return command
    .option("-m, --model <name>", "answers every step, whatever it names")
    .option("--folder <path>", "the folder that files are read from and written to; default: the current one")
    .option("--allow-folder <path>", "another folder for files; may be given several times", listed)
    .option("--prompts <folder>", "the prompts of prompt_ref, as JSON files")
    .addOption(new EnvFileOption())
    .option("--allow-python", "Python functions may run, with the rights of this user")
    .option(
      "--allow-host <host>",
      "a private address or name that requests may go to; may be given several times",
      listed,
    );
}

function describeWorkflow(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("workflow").description("check, draw and begin workflows");
  group
    .command("check")
    .description("everything that is wrong with workflows, each with its place and what to write instead")
    .argument("<file...>", "workflows, as JSON or YAML")
    .option("--json", "as JSON, a line for each file")
    .option("--strict", "warnings are errors")
    .action(async (files: string[], options: { json?: boolean; strict?: boolean }) =>
      ended(await checkWorkflowCommand(files, options, io)),
    );
  group
    .command("graph")
    .description("draw a workflow")
    .argument("<file>", "the workflow")
    .addOption(new Option("--format <name>", "as what").choices(["mermaid", "svg"]).default("mermaid"))
    .option("-o, --output <file>", "default: stdout")
    .action(async (file: string, options: { format: string; output?: string }) =>
      ended(await graphWorkflowCommand(file, options, io)),
    );
  group
    .command("schema")
    .description("the format as JSON Schema, for editors")
    .option("-o, --output <file>", "default: stdout")
    .action(async (options: { output?: string }) => ended(await schemaWorkflowCommand(options, io)));
  group
    .command("new")
    .description("a workflow to begin with")
    .argument("[file]", "default: stdout")
    .addOption(new Option("--template <name>", "which one").choices(TEMPLATE_NAMES).default("chat"))
    .action(async (file: string | undefined, options: { template: string }) =>
      ended(await newWorkflowCommand(file, options, io)),
    );
}

function describeRuns(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("runs").description("runs of workflows that were kept");
  const about = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .addOption(engineOption("embedded", "dbos"))
      .option(...ENGINE_FILE)
      .option(...ENGINE_URL)
      .option("--json", "as JSON");
  about("list", "the newest first")
    .option("-n, --limit <number>", "at most so many", count, 50)
    .addOption(new Option("--status <status>", "only those").choices(STATUSES))
    .action(async (options: RunsOptions & { limit: number; status?: RunStatus }) =>
      ended(await listRunsCommand(options, io)),
    );
  about("show", "a run, its steps and what it waits for")
    .argument("<id>", "the run's")
    .action(async (id: string, options: RunsOptions) => ended(await showRunCommand(id, options, io)));
  withServices(about("resume", "go on with a run that waits, failed or was killed").argument("<id>", "the run's"))
    .option(
      "-a, --answer <answer>",
      "to its questions in their order, or step=answer; may be given several times",
      listed,
    )
    .option("-q, --quiet", "nothing on stderr but errors and questions")
    .action(async (id: string, options: ResumeCommandOptions) => ended(await resumeRunCommand(id, options, io)));
  withServices(about("rerun", "run a run again from a step").argument("<id>", "the run's"))
    .requiredOption("--from <step>", "the id of the step")
    .option("-q, --quiet", "nothing on stderr but errors and questions")
    .action(async (id: string, options: ResumeCommandOptions) => ended(await rerunCommand(id, options, io)));
  withServices(about("work", "go on with runs whose process died or that were answered, until Ctrl-C"))
    .option("--every <seconds>", "how often to look for such runs", count, 5)
    .option("--max-takeovers <number>", "how often a run may end its process before it fails", count, 10)
    .action(async (options: WorkOptions) => ended(await workCommand(options, io)));
  about("cancel", "stop a run for good")
    .argument("<id>", "the run's")
    .action(async (id: string, options: RunsOptions) => ended(await cancelRunCommand(id, options, io)));
}
