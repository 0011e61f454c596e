import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { DIALECTS } from "../dialects/recognise-wire.js";
import { type AgentCommandOptions, agentCommand } from "./commands/agent.js";
import { type AskOptions, askCommand } from "./commands/ask.js";
import { type ChatOptions, chatCommand } from "./commands/chat.js";
import { doctorCommand } from "./commands/doctor.js";
import { modelsCommand } from "./commands/models.js";
import type { PullOptions } from "./commands/pull.js";
import { type ReplayCommandOptions, replayCommand } from "./commands/replay.js";
import { type SpeakOptions, speakCommand } from "./commands/speak.js";
import { describeConversations } from "./describe-conversations.js";
import { describeDapr } from "./describe-dapr.js";
import { describeServe } from "./describe-serve.js";
import { describeWorkflows } from "./describe-workflows.js";
import { EXIT, EXIT_CODES_HELP } from "./exit-code.js";
import type { Io } from "./io.js";
import { reportError } from "./report-error.js";

const VOICE_HELP = "speak answers: flite, openai/nova, elevenlabs/ID and so on; auto is the first that is configured";
const OUTPUT_HELP = "with --voice: write WAV files to a folder in it, and play nothing";
const FILE_HELP = "an image, a sound, a PDF or a text that goes with the question; may be given several times";

/** Runs the `sluice` command and returns its exit code. @param version the package's, for `--version`. */
export async function runCli(words: readonly string[], io: Io, version: string): Promise<number> {
  let code: number = EXIT.ok;
  const program = describeProgram(io, version, (ended) => {
    code = ended;
  });
  // A reader that has seen enough (`| head`) is no failure.
  io.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    reportError(error, io);
    process.exit(EXIT.failed);
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    reportError(thrown, io);
    return EXIT.failed;
  }
}

function describeProgram(io: Io, version: string, ended: (code: number) => void): Command {
  const program = new Command("sluice")
    .description("Streaming chat with language models.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showSuggestionAfterError()
    .addHelpText("after", `\n${EXIT_CODES_HELP}`);

  describeAnswers(program, io, ended);
  describeConversations(program, io, ended);
  describeDapr(program, io, ended);
  describeServe(program, io, ended);
  describeWorkflows(program, io, ended);

  program
    .command("speak")
    .description(
      "speak a text, or what comes on stdin while it comes; plays it, or writes files where nothing can play",
    )
    .argument("[text...]", "what to speak; default: stdin")
    .option(
      "-v, --voice <name>",
      "flite, openai/nova, elevenlabs/ID and so on; auto is the first that is configured",
      "auto",
    )
    .option("-o, --output <folder>", "write WAV files to a folder in it, and their paths to stdout, and play nothing")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (words: string[], options: SpeakOptions) => ended(await speakCommand(words, options, io)));

  program
    .command("models")
    .description("what is configured, what answers, and what to set for the rest")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => ended(await modelsCommand(options, io)));

  program
    .command("pull")
    .description(
      "fetch a model file that runs in this process, with the package node-llama-cpp; goes on where it was stopped",
    )
    .argument("<uri>", "hf:USER/MODEL:QUANT, hf:USER/MODEL/FILE.gguf, or the URL of a GGUF file")
    .option("-o, --output <folder>", "default: models in the folder of the command's data")
    .option("--sha256 <digits>", "the checksum that the file must have")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (uri: string, options: PullOptions) => {
      const { pullCommand } = await import("./commands/pull.js");
      ended(await pullCommand(uri, options, io));
    });

  program
    .command("replay")
    .description("play a recorded stream: one of ours, raw SSE or NDJSON, or one JSON object a line")
    .argument("<file>", "the recording")
    .addOption(new Option("--dialect <name>", "default: recognised").choices(DIALECTS.map((dialect) => dialect.name)))
    .option("--speed <factor>", "1 is the original pace, 0 no pauses", speed)
    .option("--json", "print events as JSON, one a line")
    .action(async (file: string, options: ReplayCommandOptions) => ended(await replayCommand(file, options, io)));

  program
    .command("doctor")
    .description("check this machine: Node, variables, proxies, what answers")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => ended(await doctorCommand(options, io)));

  return program;
}

/** Adds `sluice chat`, `sluice agent` and `sluice ask`. */
function describeAnswers(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("chat", { isDefault: io.stdin.isTTY === true })
    .description("talk to a model; without a terminal, one answer for each line of stdin")
    .option("-m, --model <name>", "for example openai/gpt-4.1-mini, or echo; default: the first that is configured")
    .option("-s, --system <text>", "instructions to the model")
    .option("-c, --conversation <id>", "keep the conversation under this name, or resume it")
    .option("-f, --file <path>", FILE_HELP, listed)
    .option("--scrub", "replace personal data with placeholders, in what the model sees and in its answers")
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (options: ChatOptions) => ended(await chatCommand(options, io)));

  program
    .command("agent")
    .description("talk to the agent of a file or folder: a module, YAML, or Markdown with front matter")
    .argument("<path>", "the file, or a folder with agent.md, agent.yaml, agent.mjs and the like")
    .option("-m, --model <name>", "the model where the file names none; default: the first that is configured")
    .option("-c, --conversation <id>", "keep the conversation under this name, or resume it")
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (path: string, options: AgentCommandOptions) => ended(await agentCommand(path, options, io)));

  program
    .command("ask")
    .description("ask once; the answer goes to stdout, everything else to stderr")
    .argument("[prompt...]", "what to ask; text piped to stdin is added")
    .option("-m, --model <name>", "for example openai/gpt-4.1-mini, or echo; default: the first that is configured")
    .option("-s, --system <text>", "instructions to the model")
    .option("-f, --file <path>", FILE_HELP, listed)
    .option("--temperature <number>", "0 to 2", number)
    .option("--max-tokens <number>", "upper limit on the answer", number)
    .option("--timeout <seconds>", "upper limit on the time for the whole answer", seconds)
    .option("--scrub", "replace personal data with placeholders, in what the model sees and in its answers")
    .option("--schema <file>", "answer with JSON that fits the JSON Schema in this file; anything else is an error")
    .option("--json", "print events as JSON, one a line")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (prompt: string[], options: AskOptions) => ended(await askCommand(prompt, options, io)));
}

/** Of an option that may be given several times. */
function listed(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("not a number");
  return value;
}

function seconds(text: string): number {
  const value = number(text);
  if (!(value > 0)) throw new InvalidArgumentError("not a number above 0");
  return value;
}

function speed(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError("not a number of at least 0");
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}
