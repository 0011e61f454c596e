import { invalid, SluiceError } from "../../stream/error.js";
import type { RunStatus, WorkflowEngine } from "../../workflows/engines/engine.js";
import { answerQuestion, rerunFrom, resumeRun } from "../../workflows/resume-run.js";
import type { WorkflowRun } from "../../workflows/run/workflow-run.js";
import { superviseRuns } from "../../workflows/supervise-runs.js";
import { askQuestion } from "../ask-question.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { type Io, shown, write } from "../io.js";
import { reportError } from "../report-error.js";
import { showRun } from "../show-run.js";
import { type EngineOptions, openEngine, type WorkflowServiceOptions, workflowServices } from "../workflow-services.js";

/** Options of all commands about runs. */
export interface RunsOptions extends EngineOptions {
  json?: boolean;
}

/** Options of commands that go on with a run. */
export interface ResumeCommandOptions extends RunsOptions, WorkflowServiceOptions {
  answer?: readonly string[];
  from?: string;
  quiet?: boolean;
}

/** Options of the command that goes on with runs that nobody runs. */
export interface WorkOptions extends RunsOptions, WorkflowServiceOptions {
  /** Seconds. */
  every: number;
  maxTakeovers: number;
}

async function withEngine(
  options: RunsOptions,
  io: Io,
  run: (engine: WorkflowEngine) => Promise<number>,
): Promise<number> {
  try {
    const engine = await openEngine(options, io);
    if (engine === undefined) throw new SluiceError("protocol", "there is no engine");
    try {
      return await run(engine);
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

/** Lists runs, the newest first. */
export function listRunsCommand(options: RunsOptions & { limit: number; status?: RunStatus }, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    const { limit, status } = options;
    const runs = await engine.list({ limit, ...(status && { status }) });
    const lines = runs.map(
      ({ id, createdAt, status: state, workflow }) => `${id}  ${createdAt}  ${state}  ${workflow}\n`,
    );
    const plain = runs.map(({ document: _, ...run }) => run);
    await write(
      io.stdout,
      options.json ? `${JSON.stringify(plain, undefined, 2)}\n` : shown(lines.join(""), io.stdout),
    );
    return EXIT.ok;
  });
}

/** Shows a run, its steps and what it waits for. */
export function showRunCommand(id: string, options: RunsOptions, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    const run = await engine.show(id);
    if (options.json) {
      await write(io.stdout, `${JSON.stringify(run, undefined, 2)}\n`);
      return EXIT.ok;
    }
    const lines = [`${run.id}  ${run.workflow}  ${run.status}  ${run.createdAt}`];
    for (const { key, status, elapsedMs, attempts } of run.steps) {
      lines.push(
        `  ${status === "completed" ? "✓" : "✗"} ${key}  ${(elapsedMs / 1_000).toFixed(1)} s${attempts > 1 ? `  ${attempts} attempts` : ""}`,
      );
    }
    for (const { id: question, message, answered } of run.questions)
      lines.push(`  ? ${question}: ${message}${answered ? "  (answered)" : ""}`);
    if (run.error !== undefined) lines.push(`  ${run.error.code}: ${run.error.message}`);
    await write(io.stdout, shown(`${lines.join("\n")}\n`, io.stdout));
    return EXIT.ok;
  });
}

/** Goes on with a run, after its questions were answered. */
export function resumeRunCommand(id: string, options: ResumeCommandOptions, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    await answerAll(engine, id, options.answer ?? []);
    const services = await workflowServices(options, io);
    const terminal = io.stdin.isTTY && !options.json;
    const how = terminal
      ? {
          onQuestion: (question: Parameters<typeof askQuestion>[0], signal: AbortSignal) =>
            askQuestion(question, io, signal),
        }
      : {};
    return shownToItsEnd(await resumeRun(engine, id, services, how), options, io);
  });
}

/** Runs a run again from a step. */
export function rerunCommand(id: string, options: ResumeCommandOptions, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    const services = await workflowServices(options, io);
    return shownToItsEnd(await rerunFrom(engine, id, options.from ?? "", services), options, io);
  });
}

/** Goes on with runs that nobody runs, until it is interrupted. */
export function workCommand(options: WorkOptions, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    const services = await workflowServices(options, io);
    const stop = new AbortController();
    const forget = io.onInterrupt(() => stop.abort());
    const say = (runId: string, state: string, message = "") => {
      const line = options.json
        ? JSON.stringify({ runId, state, ...(message && { message }) })
        : `${runId}  ${state}  ${message}`;
      io.stdout.write(`${shown(line.trimEnd(), io.stdout)}\n`);
    };
    try {
      await superviseRuns(engine, services, {
        signal: stop.signal,
        everyMs: options.every * 1_000,
        maxTakeovers: options.maxTakeovers,
        onRun: async (run) => {
          say(run.runId, "goes on");
          for await (const _ of run.stream);
          say(run.runId, (await run.result).status);
        },
        onError: ({ message }, runId) => say(runId || "-", "failed", message),
      });
    } finally {
      forget();
    }
    return EXIT.ok;
  });
}

/** Marks a run as cancelled; whoever runs it stops. */
export function cancelRunCommand(id: string, options: RunsOptions, io: Io): Promise<number> {
  return withEngine(options, io, async (engine) => {
    await engine.cancel(id);
    await write(io.stdout, options.json ? `${JSON.stringify({ id, status: "cancelled" })}\n` : `${id}\n`);
    return EXIT.ok;
  });
}

function shownToItsEnd(run: WorkflowRun, options: ResumeCommandOptions, io: Io): Promise<number> {
  return showRun(run, { ...options, kept: true }, io);
}

/** Answers in the order of the questions, or `step=answer`. */
async function answerAll(engine: WorkflowEngine, id: string, answers: readonly string[]): Promise<void> {
  if (answers.length === 0) return;
  const { questions } = await engine.show(id);
  const open = [...questions];
  for (const text of answers) {
    const named = open.find(({ step }) => text.startsWith(`${step}=`));
    const question = named ?? open[0];
    if (question === undefined) throw invalid("--answer", text, `an answer to one of ${questions.length} questions`);
    open.splice(open.indexOf(question), 1);
    await answerQuestion(engine, id, question.id, named === undefined ? text : text.slice(named.step.length + 1));
  }
}
