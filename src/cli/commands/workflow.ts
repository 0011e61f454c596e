import { writeFile } from "node:fs/promises";
import { echo } from "../../models/echo.js";
import { describeDiagnostic } from "../../workflows/format/diagnostic.js";
import { toMermaid } from "../../workflows/graph/mermaid.js";
import { toSvg } from "../../workflows/graph/svg.js";
import { workflowTemplate } from "../../workflows/templates.js";
import { checkWorkflow, loadWorkflow } from "../../workflows/workflow.js";
import { workflowJsonSchema } from "../../workflows/workflow-json-schema.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { fileError } from "../file-problem.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";
import { readWorkflow } from "../workflow-services.js";

/** Says everything that is wrong with workflows. */
export async function checkWorkflowCommand(
  files: readonly string[],
  options: { json?: boolean; strict?: boolean },
  io: Io,
): Promise<number> {
  let code: number = EXIT.ok;
  try {
    for (const file of files) {
      const { diagnostics } = await checkWorkflow(await readWorkflow(file), { model: echo() });
      const bad = diagnostics.some(({ severity }) => options.strict || severity === "error");
      if (bad) code = EXIT.usage;
      const lines = diagnostics.map((one) => `${file}: ${describeDiagnostic(one)}\n`).join("");
      const text = lines === "" ? `${file}: nothing is wrong\n` : lines;
      await write(io.stdout, options.json ? `${JSON.stringify({ file, diagnostics })}\n` : text);
    }
    return code;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

/** Draws a workflow. */
export async function graphWorkflowCommand(
  file: string,
  options: { format: string; output?: string },
  io: Io,
): Promise<number> {
  try {
    const workflow = await loadWorkflow(await readWorkflow(file), { model: echo() });
    await give(options.format === "svg" ? toSvg(workflow) : toMermaid(workflow), options.output, io);
    return EXIT.ok;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

/** Writes the format as JSON Schema. */
export async function schemaWorkflowCommand(options: { output?: string }, io: Io): Promise<number> {
  try {
    await give(`${JSON.stringify(workflowJsonSchema(), undefined, 2)}\n`, options.output, io);
    return EXIT.ok;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

/** Writes a workflow to begin with. A file that there is stays as it is. */
export async function newWorkflowCommand(
  file: string | undefined,
  options: { template: string },
  io: Io,
): Promise<number> {
  try {
    const text = `${JSON.stringify(workflowTemplate(options.template), undefined, 2)}\n`;
    await give(text, file, io);
    if (file !== undefined) io.stderr.write(`${file}: sluice run ${file}\n`);
    return EXIT.ok;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

async function give(text: string, file: string | undefined, io: Io): Promise<void> {
  if (file === undefined) return write(io.stdout, text);
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (thrown) {
    throw fileError(file, "written", thrown);
  }
}
