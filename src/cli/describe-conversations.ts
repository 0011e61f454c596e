import { type Command, Option } from "commander";
import { EXPORT_FORMATS, type ExportFormat } from "../chat/export-conversation.js";
import type { SearchOptions } from "../chat/search.js";
import {
  deleteCommand,
  exportCommand,
  importCommand,
  listCommand,
  searchCommand,
  showCommand,
  statisticsCommand,
} from "./commands/conversations.js";
import type { Io } from "./io.js";
import { count } from "./option-values.js";

/** Adds `sluice conversations` and its commands. */
export function describeConversations(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program
    .command("conversations")
    .description("conversations that were kept: in SLUICE_DATA, or in the folder for users' data");
  describeReading(group, io, ended);
  describeKeeping(group, io, ended);
}

/** Adds what shows conversations and leaves them as they are. */
function describeReading(group: Command, io: Io, ended: (code: number) => void): void {
  group
    .command("list")
    .description("the last updated first")
    .option("-n, --limit <number>", "at most so many", count, 50)
    .option("--json", "as JSON")
    .action(async (options: { limit: number; json?: boolean }) => ended(await listCommand(options, io)));

  group
    .command("show")
    .description("the messages of one")
    .argument("<id>", "the conversation's")
    .option("--json", "as JSON, with all branches and the statistics")
    .action(async (id: string, options: { json?: boolean }) => ended(await showCommand(id, options, io)));

  group
    .command("stats")
    .description("messages, tokens, costs")
    .argument("<id>", "the conversation's")
    .option("--json", "as JSON")
    .action(async (id: string, options: { json?: boolean }) => ended(await statisticsCommand(id, options, io)));

  group
    .command("search")
    .description("messages that contain a text, in any case")
    .argument("<text>", "what to look for")
    .addOption(new Option("--role <role>", "of the message").choices(["system", "user", "assistant", "tool"]))
    .addOption(new Option("--branches <which>", "where to look").choices(["current", "all"]).default("current"))
    .option("-n, --limit <number>", "at most so many", count, 50)
    .option("--json", "as JSON, one a line")
    .action(async (query: string, options: SearchOptions & { limit: number; json?: boolean }) =>
      ended(await searchCommand(query, options, io)),
    );
}

/** Adds what takes conversations in, out and away. */
function describeKeeping(group: Command, io: Io, ended: (code: number) => void): void {
  group
    .command("export")
    .description("write a conversation; json keeps everything and can be imported")
    .argument("<id>", "the conversation's")
    .addOption(new Option("-f, --format <format>", "the form").choices([...EXPORT_FORMATS]).default("json"))
    .option("--json", "the same as --format json")
    .option("-o, --output <file>", "default: stdout")
    .action(async (id: string, { json, ...options }: { format: ExportFormat; json?: boolean; output?: string }) =>
      ended(await exportCommand(id, json ? { ...options, format: "json" } : options, io)),
    );

  group
    .command("import")
    .description("keep a conversation that was exported as json; prints its id")
    .argument("[file]", "default: stdin")
    .option("--id <id>", "default: the id that it had")
    .option("--json", "as JSON")
    .action(async (file: string | undefined, options: { id?: string; json?: boolean }) =>
      ended(await importCommand(file, options, io)),
    );

  group
    .command("delete")
    .description("forget conversations")
    .argument("<id...>", "the conversations'")
    .option("--json", "as JSON")
    .action(async (ids: string[], options: { json?: boolean }) => ended(await deleteCommand(ids, options, io)));
}
