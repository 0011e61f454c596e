import { type Command, Option } from "commander";
import { EXPORT_FORMATS, type ExportFormat } from "../chat/export-conversation.js";
import type { SearchOptions } from "../chat/search.js";
import type { Io } from "./io.js";
import { count } from "./option-values.js";

/** Adds `sluice conversations` and its commands. */
export function describeConversations(program: Command, io: Io, ended: (code: number) => void): void {
  const group = program
    .command("conversations")
    .description("list, search, export and delete stored conversations (in SLUICE_DATA, or in the user's data folder)");
  describeReading(group, io, ended);
  describeKeeping(group, io, ended);
}

/** Adds what shows conversations and leaves them as they are. */
function describeReading(group: Command, io: Io, ended: (code: number) => void): void {
  group
    .command("list")
    .description("list conversations, most recently updated first")
    .option("-n, --limit <number>", "how many at most", count, 50)
    .option("--json", "print JSON")
    .action(async (options: { limit: number; json?: boolean }) => {
      const { listCommand } = await import("./commands/conversations.js");
      ended(await listCommand(options, io));
    });

  group
    .command("show")
    .description("show the messages of a conversation")
    .argument("<id>", "the id of the conversation")
    .option("--json", "print JSON, with all branches and statistics")
    .action(async (id: string, options: { json?: boolean }) => {
      const { showCommand } = await import("./commands/conversations.js");
      ended(await showCommand(id, options, io));
    });

  group
    .command("stats")
    .description("show messages, tokens and costs of a conversation")
    .argument("<id>", "the id of the conversation")
    .option("--json", "print JSON")
    .action(async (id: string, options: { json?: boolean }) => {
      const { statisticsCommand } = await import("./commands/conversations.js");
      ended(await statisticsCommand(id, options, io));
    });

  group
    .command("search")
    .description("find messages that contain a text, ignoring case")
    .argument("<text>", "what to look for")
    .addOption(
      new Option("--role <role>", "only messages with this role").choices(["system", "user", "assistant", "tool"]),
    )
    .addOption(
      new Option("--branches <which>", "which branches to search").choices(["current", "all"]).default("current"),
    )
    .option("-n, --limit <number>", "how many at most", count, 50)
    .option("--json", "print JSON, one object per line")
    .action(async (query: string, options: SearchOptions & { limit: number; json?: boolean }) => {
      const { searchCommand } = await import("./commands/conversations.js");
      ended(await searchCommand(query, options, io));
    });
}

/** Adds what takes conversations in, out and away. */
function describeKeeping(group: Command, io: Io, ended: (code: number) => void): void {
  group
    .command("export")
    .description("export a conversation; json keeps everything and can be imported again")
    .argument("<id>", "the id of the conversation")
    .addOption(new Option("-f, --format <format>", "the output format").choices([...EXPORT_FORMATS]).default("json"))
    .option("--json", "the same as --format json")
    .option("-o, --output <file>", "default: stdout")
    .action(async (id: string, { json, ...options }: { format: ExportFormat; json?: boolean; output?: string }) => {
      const { exportCommand } = await import("./commands/conversations.js");
      ended(await exportCommand(id, json ? { ...options, format: "json" } : options, io));
    });

  group
    .command("import")
    .description("import a conversation that was exported as json; prints its id")
    .argument("[file]", "default: stdin")
    .option("--id <id>", "the id to store it under; default: its own")
    .option("--json", "print JSON")
    .action(async (file: string | undefined, options: { id?: string; json?: boolean }) => {
      const { importCommand } = await import("./commands/conversations.js");
      ended(await importCommand(file, options, io));
    });

  group
    .command("delete")
    .description("delete conversations")
    .argument("<id...>", "the ids of the conversations")
    .option("--json", "print JSON")
    .action(async (ids: string[], options: { json?: boolean }) => {
      const { deleteCommand } = await import("./commands/conversations.js");
      ended(await deleteCommand(ids, options, io));
    });
}
