import type { Command } from "commander";
import type { Io } from "./io.js";

/** Adds `sluice keys` and its commands. */
export function describeKeys(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("keys").description("store API keys in a file that only you can read");
  group
    .command("set")
    .description("store a key, which is prompted for or read from stdin; a variable that is set wins over it")
    .usage("<name>")
    .argument("<name>", "a service such as openai, or the name of a variable")
    .argument("[key...]")
    .action(async (name: string, rest: string[]) => {
      const { setKeyCommand } = await import("./commands/keys.js");
      ended(await setKeyCommand(name, rest, io));
    });
  group
    .command("list")
    .description("list which keys are stored, without showing them")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const { listKeysCommand } = await import("./commands/keys.js");
      ended(await listKeysCommand(options, io));
    });
  group
    .command("delete")
    .description("delete keys")
    .argument("<name...>", "services, or variables")
    .action(async (names: string[]) => {
      const { deleteKeysCommand } = await import("./commands/keys.js");
      ended(await deleteKeysCommand(names, io));
    });
}
