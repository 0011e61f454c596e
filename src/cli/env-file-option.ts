import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { type Command, Option } from "commander";
import { fileError } from "./file-problem.js";
import type { Io } from "./io.js";

/** `--env-file`, of the commands that ask models. */
export class EnvFileOption extends Option {
  constructor() {
    super("--env-file <path>", "read keys and settings from a .env file; variables that are set win");
  }
}

/** Commands whose variables go to programs that they start: those get none that were not set. */
const STARTERS: readonly string[] = ["dapr", "keys"];

/**
 * The variables of a command: those that are set, then those of its `--env-file`, then the keys that are kept.
 *
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read.
 */
export function variablesFor(command: Command, io: Io): Io["env"] {
  if (STARTERS.includes(command.parent?.name() ?? "")) return io.env;
  const takesFile = command.options.some((option) => option instanceof EnvFileOption);
  const file: unknown = takesFile ? command.getOptionValue("envFile") : undefined;
  const variables = { ...io.keys?.(), ...(typeof file === "string" && readEnv(file)) };
  const missing = Object.entries(variables).filter(([name]) => !io.env[name]);
  if (missing.length === 0) return io.env;
  const env = { ...io.env, ...Object.fromEntries(missing) };
  // Agents and workflows name models in modules and files of their own, which look at the process's variables.
  if (io.env === process.env) Object.assign(process.env, env);
  return env;
}

function readEnv(file: string): Record<string, string | undefined> {
  try {
    // Editors on Windows begin files with a mark, which is no part of the first name.
    return parseEnv(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw fileError(file, "read", cause, "--env-file");
  }
}
