import type { Command } from "commander";
import { type AgentCommandOptions, agentCommand } from "./commands/agent.js";
import { type AskOptions, askCommand } from "./commands/ask.js";
import { type ChatOptions, chatCommand } from "./commands/chat.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";
import { listed, number, seconds } from "./option-values.js";

const VOICE_HELP = "speak answers: flite, openai/nova, elevenlabs/ID and so on; auto is the first that is configured";
const FILES_HELP = "the folder for images and sounds that the model makes";
const OUTPUT_HELP = `${FILES_HELP}; with --voice: write WAV files to a folder in it, and play nothing`;
const FILE_HELP = "an image, a sound, a PDF or a text that goes with the question; may be given several times";

/** Adds `sluice chat`, `sluice agent` and `sluice ask`. */
export function describeAnswers(program: Command, io: Io, ended: (code: number) => void): void {
  const chat = program
    .command("chat")
    .description("talk to a model; without a terminal, one answer for each line of stdin");
  withRequest(chat);
  withConversation(chat)
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (options: ChatOptions) => ended(await chatCommand(options, io)));

  const agent = program
    .command("agent")
    .description("talk to the agent of a file or folder: a module, YAML, or Markdown with front matter")
    .argument("<path>", "the file, or a folder with agent.md, agent.yaml, agent.mjs and the like")
    .option("-m, --model <name>", "the model where the file names none; default: the first that is configured");
  withConversation(agent)
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (path: string, options: AgentCommandOptions) => ended(await agentCommand(path, options, io)));

  const ask = program
    .command("ask")
    .description("ask once; the answer goes to stdout, everything else to stderr")
    .argument("[prompt...]", "what to ask; text piped to stdin is added");
  withRequest(ask);
  withConversation(ask)
    .option("-t, --template <name>", "fill in a template of this name (sluice templates), or of a file")
    .option(
      "-i, --input <name=value>",
      "for a place of the template; @file for a file's text; may be given several times",
      listed,
    )
    .option("--timeout <seconds>", "upper limit on the time for the whole answer", seconds)
    .option("--schema <file>", "answer with JSON that fits the JSON Schema in this file; anything else is an error")
    .option("-o, --output <folder>", FILES_HELP)
    .option("--json", "print events as JSON, one a line; a failure as one of the type error")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (prompt: string[], options: AskOptions) => ended(await askCommand(prompt, options, io)));
}

/** Adds what is asked of which model. */
function withRequest(command: Command): Command {
  return command
    .option("-m, --model <name>", "for example openai/gpt-4.1-mini, or echo; default: the first that is configured")
    .option("-s, --system <text>", "instructions to the model")
    .option("-f, --file <path>", FILE_HELP, listed)
    .option("--temperature <number>", "0 to 2", number)
    .option("--max-tokens <number>", "upper limit on each answer", number)
    .option(
      "--tools <file>",
      "what the model may call: a module, or JSON with definitions; may be given several times",
      listed,
    )
    .option(
      "--mcp <server>",
      "the tools of an MCP server: a command line or a URL, or NAME= before it; may be given several times",
      listed,
    )
    .option("-y, --yes", "tools of MCP servers that change something run without asking")
    .option("--scrub", "replace personal data with placeholders, in what the model sees and in its answers");
}

/** Adds which conversation it belongs to. */
function withConversation(command: Command): Command {
  return command
    .option("-c, --continue", "go on with the last conversation that was kept")
    .option("--conversation <id>", "keep the conversation under this name, or go on with it")
    .option("--no-keep", "keep nothing of it; else conversations at a terminal are kept")
    .addOption(new EnvFileOption());
}
