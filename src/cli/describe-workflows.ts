import { type Command, Option } from "commander";
import type { RunStatus } from "../workflows/engines/engine.js";
import { TEMPLATE_NAMES } from "../workflows/templates.js";
import type { RunWorkflowOptions } from "./commands/run-workflow.js";
import type { ResumeCommandOptions, RunsOptions, WorkOptions } from "./commands/runs.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";
import { count, listed } from "./option-values.js";

const STATUSES: readonly RunStatus[] = ["running", "waiting", "completed", "failed", "cancelled"];

const ENGINE_FILE = [
  "--engine-file <path>",
  "the file in which embedded stores runs; default: beside the conversations",
] as const;
const ENGINE_URL = [
  "--engine-url <url>",
  "the database in which dbos stores runs; default: DBOS_SYSTEM_DATABASE_URL",
] as const;

function engineOption(...names: string[]): Option {
  return new Option("--engine <name>", "where runs are stored").choices(names).default("embedded");
}

/** Adds `sluice run`, `sluice workflow` and `sluice runs`. */
export function describeWorkflows(program: Command, io: Io, ended: (code: number) => void): void {
  const run = program
    .command("run")
    .description("run a workflow; progress goes to stderr, the answer to stdout")
    .argument("<file>", "the workflow, as JSON or YAML")
    .option(
      "-i, --input <name=value>",
      "an input of the run; @file for a file's text; may be given several times",
      listed,
    )
    .option("--inputs <file>", "a JSON file with an object of inputs")
    .addOption(engineOption("embedded", "dbos", "none"))
    .option(...ENGINE_FILE)
    .option(...ENGINE_URL)
    .option("--run-id <id>", "the id of the run; default: a new one");
  withServices(run)
    .option("--json", "print events as JSON, one per line")
    .option("-q, --quiet", "print only errors and questions to stderr")
    .action(async (file: string, options: RunWorkflowOptions) => {
      const { runWorkflowCommand } = await import("./commands/run-workflow.js");
      ended(await runWorkflowCommand(file, options, io));
    });
  describeWorkflow(program, io, ended);
  describeRuns(program, io, ended);
}

function withServices(command: Command): Command {
  return command
    .option("-m, --model <name>", "use this model for every step, whatever the workflow names")
    .option("--folder <path>", "the folder for reading and writing files; default: the current one")
    .option("--allow-folder <path>", "another folder for files; may be given several times", listed)
    .option("--prompts <folder>", "a folder with the prompts for prompt_ref, as JSON files")
    .addOption(new EnvFileOption())
    .option("--allow-python", "let Python functions run, with the rights of this user")
    .option(
      "--allow-host <host>",
      "a private address or host name that requests may reach; may be given several times",
      listed,
    );
}

function describeWorkflow(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("workflow").description("check, draw and create workflows");
  group
    .command("check")
    .description("list every problem of workflows, with its place and a suggestion")
    .argument("<file...>", "workflows, as JSON or YAML")
    .option("--json", "print JSON, one line per file")
    .option("--strict", "treat warnings as errors")
    .action(async (files: string[], options: { json?: boolean; strict?: boolean }) => {
      const { checkWorkflowCommand } = await import("./commands/workflow.js");
      ended(await checkWorkflowCommand(files, options, io));
    });
  group
    .command("graph")
    .description("draw a workflow")
    .argument("<file>", "the workflow")
    .addOption(new Option("--format <name>", "the output format").choices(["mermaid", "svg"]).default("mermaid"))
    .option("-o, --output <file>", "default: stdout")
    .action(async (file: string, options: { format: string; output?: string }) => {
      const { graphWorkflowCommand } = await import("./commands/workflow.js");
      ended(await graphWorkflowCommand(file, options, io));
    });
  group
    .command("schema")
    .description("print the workflow format as JSON Schema, for editors")
    .option("-o, --output <file>", "default: stdout")
    .action(async (options: { output?: string }) => {
      const { schemaWorkflowCommand } = await import("./commands/workflow.js");
      ended(await schemaWorkflowCommand(options, io));
    });
  group
    .command("new")
    .description("create a workflow from a template")
    .argument("[file]", "default: stdout")
    .addOption(new Option("--template <name>", "the template").choices(TEMPLATE_NAMES).default("chat"))
    .action(async (file: string | undefined, options: { template: string }) => {
      const { newWorkflowCommand } = await import("./commands/workflow.js");
      ended(await newWorkflowCommand(file, options, io));
    });
}

function describeRuns(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("runs").description("list, resume and stop stored runs of workflows");
  const about = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .addOption(engineOption("embedded", "dbos"))
      .option(...ENGINE_FILE)
      .option(...ENGINE_URL)
      .option("--json", "print JSON");
  about("list", "list runs, newest first")
    .option("-n, --limit <number>", "how many at most", count, 50)
    .addOption(new Option("--status <status>", "only runs with this status").choices(STATUSES))
    .action(async (options: RunsOptions & { limit: number; status?: RunStatus }) => {
      const { listRunsCommand } = await import("./commands/runs.js");
      ended(await listRunsCommand(options, io));
    });
  about("show", "a run, its steps and what it waits for")
    .argument("<id>", "the id of the run")
    .action(async (id: string, options: RunsOptions) => {
      const { showRunCommand } = await import("./commands/runs.js");
      ended(await showRunCommand(id, options, io));
    });
  withServices(about("resume", "resume a run that waits, failed or was killed").argument("<id>", "the id of the run"))
    .option(
      "-a, --answer <answer>",
      "an answer to the run's next question, or step=answer; may be given several times",
      listed,
    )
    .option("-q, --quiet", "print only errors and questions to stderr")
    .action(async (id: string, options: ResumeCommandOptions) => {
      const { resumeRunCommand } = await import("./commands/runs.js");
      ended(await resumeRunCommand(id, options, io));
    });
  withServices(about("rerun", "run a run again, starting at a step").argument("<id>", "the id of the run"))
    .requiredOption("--from <step>", "the id of the step")
    .option("-q, --quiet", "print only errors and questions to stderr")
    .action(async (id: string, options: ResumeCommandOptions) => {
      const { rerunCommand } = await import("./commands/runs.js");
      ended(await rerunCommand(id, options, io));
    });
  withServices(about("work", "keep resuming runs that were answered or whose process died, until Ctrl-C"))
    .option("--every <seconds>", "how often to look for such runs", count, 5)
    .option(
      "--max-takeovers <number>",
      "how often a run may bring its process down before it counts as failed",
      count,
      10,
    )
    .action(async (options: WorkOptions) => {
      const { workCommand } = await import("./commands/runs.js");
      ended(await workCommand(options, io));
    });
  about("cancel", "stop a run for good")
    .argument("<id>", "the id of the run")
    .action(async (id: string, options: RunsOptions) => {
      const { cancelRunCommand } = await import("./commands/runs.js");
      ended(await cancelRunCommand(id, options, io));
    });
}
