import { SluiceError } from "../stream/error.js";
import { stringifyEvent } from "../stream/event-json.js";
import type { WorkflowRun } from "../workflows/run/workflow-run.js";
import { describe } from "./ask-question.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "./exit-code.js";
import { type Io, shown, write } from "./io.js";
import { reportError } from "./report-error.js";
import { RunProgress } from "./run-progress.js";

/** How a run is shown. */
export interface ShowRunOptions {
  /** Events as JSON, one a line, and nothing else. */
  json?: boolean;
  /** Nothing on stderr but errors and questions. */
  quiet?: boolean;
  /** Whether the run can go on later. */
  kept: boolean;
}

/** Shows a run while it goes on: progress on stderr, the answer on stdout. Returns the exit code. */
export async function showRun(run: WorkflowRun, options: ShowRunOptions, io: Io): Promise<number> {
  let stopped: number = EXIT.interrupted;
  const stop = io.onInterrupt((signal) => {
    stopped = exitCodeOfSignal(signal);
    run.cancel(signal);
  });
  const progress = options.quiet || options.json ? undefined : new RunProgress(io);
  try {
    for await (const event of run.stream) {
      if (options.json) await write(io.stdout, `${stringifyEvent(event)}\n`);
      else if (event.type === "text-delta") {
        progress?.answer();
        await write(io.stdout, shown(event.text, io.stdout));
      } else if (event.type === "retract") io.stderr.write(`\n(${event.reason}: what was shown is void)\n`);
      progress?.event(event);
    }
    progress?.end();
    const { status, questions, text, runId } = await run.result;
    if (!options.json && text !== "" && !text.endsWith("\n")) io.stdout.write("\n");
    if (status === "completed") return EXIT.ok;
    for (const question of questions) {
      io.stderr.write(describe(question, io));
      if (options.kept) io.stderr.write(`  sluice runs resume ${runId} --answer ${JSON.stringify("…")}\n`);
    }
    return EXIT.waiting;
  } catch (thrown) {
    progress?.end();
    const error = SluiceError.from(thrown, "protocol");
    if (error.code === "cancelled") return stopped;
    const code = exitCodeOf(reportError(error, io));
    if (options.kept && !options.quiet)
      io.stderr.write(`  sluice runs resume ${run.runId} goes on where it stopped.\n`);
    return code;
  } finally {
    stop();
  }
}
