import type { Command } from "commander";
import { deleteKeysCommand, listKeysCommand, setKeyCommand } from "./commands/keys.js";
import type { Io } from "./io.js";

/** Adds `sluice keys` and its commands. */
export function describeKeys(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("keys").description("keys of services, in a file that nobody else can read");
  group
    .command("set")
    .description("keep a key: it is asked for, or read from stdin; a variable that is set wins over it")
    .usage("<name>")
    .argument("<name>", "a service such as openai, or a variable")
    .argument("[key...]")
    .action(async (name: string, rest: string[]) => ended(await setKeyCommand(name, rest, io)));
  group
    .command("list")
    .description("which keys are kept; the keys themselves are not shown")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => ended(await listKeysCommand(options, io)));
  group
    .command("delete")
    .description("forget keys")
    .argument("<name...>", "services, or variables")
    .action(async (names: string[]) => ended(await deleteKeysCommand(names, io)));
}
