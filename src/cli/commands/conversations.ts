import { readFile, writeFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { ConversationRecord } from "../../chat/conversation-store.js";
import { Conversations } from "../../chat/conversations.js";
import { type ExportFormat, exportConversation } from "../../chat/export-conversation.js";
import { messageToJson } from "../../chat/message-json.js";
import { foldCase, type SearchHit, type SearchOptions } from "../../chat/search.js";
import { statisticsOf } from "../../chat/statistics.js";
import { SluiceError } from "../../stream/error.js";
import { textOf } from "../../stream/message.js";
import { conversationStore } from "../data-folder.js";
import { describeStatistics } from "../describe-statistics.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { fileError } from "../file-problem.js";
import { type Io, shown, write } from "../io.js";
import { reportError } from "../report-error.js";

/** Opens the store of named conversations, runs something on it, and closes it. Returns the exit code. */
async function withConversations(io: Io, run: (conversations: Conversations) => Promise<void>): Promise<number> {
  const conversations = new Conversations(conversationStore(io.env));
  try {
    await run(conversations);
    return EXIT.ok;
  } catch (thrown) {
    return exitCodeOf(reportError(SluiceError.from(thrown, "store-failed"), io));
  } finally {
    await conversations.close();
  }
}

/** Lists conversations, the last updated first. */
export function listCommand(options: { limit: number; json?: boolean }, io: Io): Promise<number> {
  return withConversations(io, async (conversations) => {
    const records: ConversationRecord[] = [];
    for await (const record of conversations.all()) {
      if (records.length === options.limit) break;
      records.push(record);
    }
    const lines = records.map(({ id, updatedAt, title = "" }) => `${id}  ${updatedAt}  ${title}\n`);
    await write(io.stdout, options.json ? json(records) : shown(lines.join(""), io.stdout));
  });
}

/** Shows the messages, or with `--json` every message and the statistics. */
export function showCommand(id: string, options: { json?: boolean }, io: Io): Promise<number> {
  return withConversations(io, async (conversations) => {
    const conversation = await conversations.get(id);
    if (!options.json) return write(io.stdout, shown(exportConversation(conversation, "text"), io.stdout));
    const { messages, ...record } = conversation;
    const all = { ...record, statistics: statisticsOf(conversation), messages: messages.map(messageToJson) };
    return write(io.stdout, json(all));
  });
}

/** Counts messages, tokens and costs. */
export function statisticsCommand(id: string, options: { json?: boolean }, io: Io): Promise<number> {
  return withConversations(io, async (conversations) => {
    const statistics = statisticsOf(await conversations.get(id));
    await write(io.stdout, options.json ? json(statistics) : `${describeStatistics(statistics)}\n`);
  });
}

/** Writes a conversation to a file or to stdout. */
export function exportCommand(id: string, options: { format: ExportFormat; output?: string }, io: Io): Promise<number> {
  return withConversations(io, async (conversations) => {
    const text = exportConversation(await conversations.get(id), options.format);
    if (options.output === undefined) return write(io.stdout, shown(text, io.stdout));
    return writeFile(options.output, text).catch((cause: Error) => {
      throw fileError(options.output ?? "", "written", cause);
    });
  });
}

/** Stores an exported conversation; its id goes to stdout. */
export function importCommand(
  file: string | undefined,
  options: { id?: string; json?: boolean },
  io: Io,
): Promise<number> {
  return withConversations(io, async (conversations) => {
    const text = file === undefined || file === "-" ? await readAll(io.stdin) : await readText(file);
    const id = await conversations.import(text, options.id === undefined ? {} : { contextId: options.id });
    await write(io.stdout, options.json ? json({ id }) : `${id}\n`);
  });
}

/** Forgets conversations; fails when one of them is not there, after deleting the others. */
export function deleteCommand(ids: readonly string[], options: { json?: boolean }, io: Io): Promise<number> {
  return withConversations(io, async (conversations) => {
    const deleted: string[] = [];
    const missing: string[] = [];
    for (const id of ids) ((await conversations.delete(id)) ? deleted : missing).push(id);
    await write(io.stdout, options.json ? json({ deleted, missing }) : deleted.map((id) => `${id}\n`).join(""));
    if (missing.length > 0) throw new SluiceError("not-found", `there is no conversation ${missing.join(", ")}`);
  });
}

/** Finds messages in all conversations, as they are read. */
export function searchCommand(
  query: string,
  options: SearchOptions & { limit: number; json?: boolean },
  io: Io,
): Promise<number> {
  const { limit, json: inJson, ...asked } = options;
  return withConversations(io, async (conversations) => {
    let count = 0;
    for await (const hit of conversations.search(query, asked)) {
      await write(
        io.stdout,
        inJson ? `${JSON.stringify(hitToJson(hit))}\n` : shown(describeHit(hit, query), io.stdout),
      );
      if (++count === limit) return;
    }
  });
}

function hitToJson({ conversation, message }: SearchHit): object {
  return { conversation, message: messageToJson(message) };
}

/** Characters that are shown before what was found. */
const BEFORE = 30;
/** Characters that are shown at most. */
const SHOWN = 100;

function describeHit({ conversation, message }: SearchHit, query: string): string {
  const text = textOf(message.message).replace(/\s+/g, " ");
  const from = Math.max(0, foldCase(text).indexOf(foldCase(query)) - BEFORE);
  const excerpt = `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? "…" : ""}`;
  return `${conversation.id}  ${message.createdAt}  ${message.message.role}: ${excerpt}\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: Error) => {
    throw fileError(file, "read", cause);
  });
}
