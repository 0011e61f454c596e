import { type Command, InvalidArgumentError, Option } from "commander";
import { WIRE_MARKS } from "../dialects/wire-marks.js";
import type { PullOptions } from "./commands/pull.js";
import type { ReplayCommandOptions } from "./commands/replay.js";
import type { SpeakOptions } from "./commands/speak.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";
import { number } from "./option-values.js";

/** A model of 0.5 GB that answers on any processor. */
const SMALL_MODEL = "hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q4_K_M";

/** Adds `sluice speak`, `sluice models`, `sluice pull`, `sluice replay` and `sluice doctor`. */
export function describeModels(program: Command, io: Io, ended: (code: number) => void): void {
  describeSpeak(program, io, ended);
  describeServices(program, io, ended);
  describePull(program, io, ended);
  describeReplay(program, io, ended);
  describeDoctor(program, io, ended);
}

function describeSpeak(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("speak")
    .description("speak a text, or stdin as it arrives; play the audio, or write files if it cannot be played")
    .argument("[text...]", "the text to speak; default: stdin")
    .option(
      "-v, --voice <name>",
      "the voice: flite, openai/nova, elevenlabs/ID and so on; auto picks the first one that is configured",
      "auto",
    )
    .option(
      "-o, --output <folder>",
      "write WAV files to a new folder inside this one and print their paths, instead of playing",
    )
    .option("-q, --quiet", "print only errors to stderr")
    .action(async (words: string[], options: SpeakOptions) => {
      const { speakCommand } = await import("./commands/speak.js");
      ended(await speakCommand(words, options, io));
    });
}

function describeServices(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("models")
    .description(
      "show which services are configured and reachable, and what to set for the others; or list the models of one service",
    )
    .argument("[provider]", "a service to ask for its models, such as openai or ollama")
    .option("--json", "print JSON")
    .addOption(new EnvFileOption())
    .action(async (provider: string | undefined, options: { json?: boolean }) => {
      const { modelsCommand } = await import("./commands/models.js");
      ended(await modelsCommand(provider, options, io));
    });
}

function describePull(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("pull")
    .description(
      "download a model file to run in this process with the package node-llama-cpp; resumes a download that was interrupted",
    )
    .argument("[uri]", "hf:USER/MODEL:QUANT, hf:USER/MODEL/FILE.gguf, or the URL of a GGUF file", SMALL_MODEL)
    .option("-o, --output <folder>", "where to save it; default: models in the command's data folder")
    .option("--sha256 <digits>", "the checksum that the file must match")
    .option("-q, --quiet", "print only errors to stderr")
    .action(async (uri: string, options: PullOptions) => {
      const { pullCommand } = await import("./commands/pull.js");
      ended(await pullCommand(uri, options, io));
    });
}

function describeReplay(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("replay")
    .description("replay a recorded stream: a recording of Sluice, raw SSE or NDJSON, or one JSON object per line")
    .argument("<file>", "the recording")
    .addOption(
      new Option("--dialect <name>", "the protocol; default: detected").choices(
        WIRE_MARKS.map(({ dialect }) => dialect),
      ),
    )
    .option("--speed <factor>", "1 for the original pace, 0 for no pauses", speed)
    .option("--json", "print events as JSON, one per line")
    .action(async (file: string, options: ReplayCommandOptions) => {
      const { replayCommand } = await import("./commands/replay.js");
      ended(await replayCommand(file, options, io));
    });
}

function describeDoctor(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("doctor")
    .description("check this machine: Node, variables, proxies, and which services answer")
    .option("--json", "print JSON")
    .addOption(new EnvFileOption())
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import("./commands/doctor.js");
      ended(await doctorCommand(options, io));
    });
}

function speed(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError("not a number of at least 0");
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}
