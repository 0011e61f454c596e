import { Command, CommanderError } from "commander";
import { describeAnswers } from "./describe-answers.js";
import { describeConversations } from "./describe-conversations.js";
import { describeDapr } from "./describe-dapr.js";
import { describeKeys } from "./describe-keys.js";
import { describeModels } from "./describe-models.js";
import { describeServe } from "./describe-serve.js";
import { describeTemplates } from "./describe-templates.js";
import { describeWorkflows } from "./describe-workflows.js";
import { variablesFor } from "./env-file-option.js";
import { EXIT, EXIT_CODES_HELP, exitCodeOf } from "./exit-code.js";
import { fileProblem } from "./file-problem.js";
import type { Io } from "./io.js";
import { meantWords } from "./meant-words.js";
import { reportError } from "./report-error.js";

/** Runs the `sluice` command and returns its exit code. @param version the package's, for `--version`. */
export async function runCli(words: readonly string[], io: Io, version: string): Promise<number> {
  let code: number = EXIT.ok;
  const own = { ...io };
  const program = describeProgram(own, version, (ended) => {
    code = ended;
  });
  program.hook("preAction", (_, command) => {
    own.env = variablesFor(command, io);
  });
  // A reader that has seen enough (`| head`) is no failure.
  io.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    io.stderr.write(`error: the answer cannot be written: ${fileProblem(error)}\n`);
    process.exit(EXIT.failed);
  });
  try {
    await program.parseAsync(meantWords(words, program, io.stdin.isTTY === true), { from: "user" });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return exitCodeOf(reportError(thrown, io));
  }
}

function describeProgram(io: Io, version: string, ended: (code: number) => void): Command {
  const program = new Command("sluice")
    .description(
      "Streaming chat with language models. Without a command, words are a question; without words, a chat starts.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showSuggestionAfterError()
    .addHelpText("after", `\n${EXIT_CODES_HELP}`);

  describeAnswers(program, io, ended);
  describeConversations(program, io, ended);
  describeTemplates(program, io, ended);
  describeKeys(program, io, ended);
  describeDapr(program, io, ended);
  describeServe(program, io, ended);
  describeWorkflows(program, io, ended);
  describeModels(program, io, ended);
  return program;
}
