import type { Command } from "commander";
import {
  deleteTemplatesCommand,
  editTemplateCommand,
  listTemplatesCommand,
  newTemplateCommand,
  showTemplateCommand,
} from "./commands/templates.js";
import type { Io } from "./io.js";

/** Adds `sluice templates` and its commands. */
export function describeTemplates(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program.command("templates").description("prompts with places, for sluice ask --template");
  group
    .command("list")
    .description("their names, and what each is for")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => ended(await listTemplatesCommand(options, io)));
  group
    .command("show")
    .description("write one as it is")
    .argument("<name>", "the template's")
    .action(async (name: string) => ended(await showTemplateCommand(name, io)));
  group
    .command("new")
    .description("make one of what comes on stdin, or one to begin with; prints where it is")
    .argument("<name>", "the template's")
    .action(async (name: string) => ended(await newTemplateCommand(name, io)));
  group
    .command("edit")
    .description("open one in the editor that VISUAL or EDITOR names; begins it where there is none")
    .argument("<name>", "the template's")
    .action(async (name: string) => ended(await editTemplateCommand(name, io)));
  group
    .command("delete")
    .description("forget them")
    .argument("<name...>", "the templates'")
    .action(async (names: string[]) => ended(await deleteTemplatesCommand(names, io)));
}
