import type { Command } from "commander";
import type { AgentCommandOptions } from "./commands/agent.js";
import type { AskOptions } from "./commands/ask.js";
import type { ChatOptions } from "./commands/chat.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";
import { listed, number, seconds } from "./option-values.js";

const VOICE_HELP =
  "speak answers with a voice: flite, openai/nova, elevenlabs/ID and so on; auto picks the first one that is configured";
const FILES_HELP = "the folder for images and audio that the model generates";
const OUTPUT_HELP = `${FILES_HELP}; with --voice: write WAV files to a folder in it, and play nothing`;
const FILE_HELP = "an image, a sound, a PDF or a text that goes with the question; may be given several times";

/** Adds `sluice chat`, `sluice agent` and `sluice ask`. */
export function describeAnswers(program: Command, io: Io, ended: (code: number) => void): void {
  const chat = program
    .command("chat")
    .description("chat with a model; without a terminal, each line of stdin is answered");
  withRequest(chat);
  withConversation(chat)
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (options: ChatOptions) => {
      const { chatCommand } = await import("./commands/chat.js");
      ended(await chatCommand(options, io));
    });

  const agent = program
    .command("agent")
    .description(
      "chat with an agent that is defined in a file or folder: a module, YAML, or Markdown with front matter",
    )
    .argument("<path>", "the file, or a folder with agent.md, agent.yaml, agent.mjs and the like")
    .option("-m, --model <name>", "the model where the file names none; default: the first that is configured");
  withConversation(agent)
    .option("-v, --voice <name>", VOICE_HELP)
    .option("-o, --output <folder>", OUTPUT_HELP)
    .action(async (path: string, options: AgentCommandOptions) => {
      const { agentCommand } = await import("./commands/agent.js");
      ended(await agentCommand(path, options, io));
    });

  const ask = program
    .command("ask")
    .description("ask one question; the answer goes to stdout, everything else to stderr")
    .argument("[prompt...]", "the question; text piped to stdin is added");
  withRequest(ask);
  withConversation(ask)
    .option("-t, --template <name>", "fill in a prompt template: its name (see sluice templates), or a file")
    .option(
      "-i, --input <name=value>",
      "the value of a template variable; @file for a file's text; may be given several times",
      listed,
    )
    .option("--timeout <seconds>", "stop an answer that takes longer", seconds)
    .option("--schema <file>", "answer with JSON that fits the JSON Schema in this file; fail otherwise")
    .option("-o, --output <folder>", FILES_HELP)
    .option("--json", "print events as JSON, one per line; a failure is an event of type error")
    .option("-q, --quiet", "print only errors to stderr")
    .action(async (prompt: string[], options: AskOptions) => {
      const { askCommand } = await import("./commands/ask.js");
      ended(await askCommand(prompt, options, io));
    });
}

/** Adds what is asked of which model. */
function withRequest(command: Command): Command {
  return command
    .option(
      "-m, --model <name>",
      "the model, such as openai/gpt-4.1-mini or echo; default: the first that is configured",
    )
    .option("-s, --system <text>", "system instructions for the model")
    .option("-f, --file <path>", FILE_HELP, listed)
    .option("--temperature <number>", "0 to 2", number)
    .option("--max-tokens <number>", "the most tokens of an answer", number)
    .option(
      "--tools <file>",
      "tools that the model may call: a module, or JSON with definitions; may be given several times",
      listed,
    )
    .option(
      "--mcp <server>",
      "use the tools of an MCP server: its command line or URL, optionally after NAME=; may be given several times",
      listed,
    )
    .option("-y, --yes", "run MCP tools that change something without asking first")
    .option("--scrub", "replace personal data with placeholders in questions and answers");
}

/** Adds which conversation it belongs to. */
function withConversation(command: Command): Command {
  return command
    .option("-c, --continue", "continue the last stored conversation")
    .option("--conversation <id>", "store the conversation under this name, or continue it")
    .option("--no-keep", "do not store the conversation; default: it is stored when stdin and stdout are a terminal")
    .addOption(new EnvFileOption());
}
