import type { Command } from "commander";
import type { Io } from "./io.js";

/** Adds `sluice templates` and its commands. */
export function describeTemplates(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("templates").description("manage prompt templates for sluice ask --template");
  group
    .command("list")
    .description("list templates and what each is for")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const { listTemplatesCommand } = await import("./commands/templates.js");
      ended(await listTemplatesCommand(options, io));
    });
  group
    .command("show")
    .description("print a template")
    .argument("<name>", "the name of the template")
    .action(async (name: string) => {
      const { showTemplateCommand } = await import("./commands/templates.js");
      ended(await showTemplateCommand(name, io));
    });
  group
    .command("new")
    .description("create a template from stdin, or a sample to start from; prints its path")
    .argument("<name>", "the name of the template")
    .action(async (name: string) => {
      const { newTemplateCommand } = await import("./commands/templates.js");
      ended(await newTemplateCommand(name, io));
    });
  group
    .command("edit")
    .description("open a template in the editor named by VISUAL or EDITOR; creates it if it does not exist")
    .argument("<name>", "the name of the template")
    .action(async (name: string) => {
      const { editTemplateCommand } = await import("./commands/templates.js");
      ended(await editTemplateCommand(name, io));
    });
  group
    .command("delete")
    .description("delete templates")
    .argument("<name...>", "the names of the templates")
    .action(async (names: string[]) => {
      const { deleteTemplatesCommand } = await import("./commands/templates.js");
      ended(await deleteTemplatesCommand(names, io));
    });
}
