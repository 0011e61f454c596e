import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import type { StoredMessage } from "../chat/conversation-store.js";
import type { ExportFormat } from "../chat/export-conversation.js";
import { model } from "../models/registry.js";
import { invalid, SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import type { ChatSession } from "./chat-session.js";
import { describeStatistics } from "./describe-statistics.js";
import { shown } from "./io.js";
import { modelTable } from "./model-table.js";

/** A command of the chat: what it takes, what it does. */
interface ChatCommand {
  takes: string;
  does: string;
  run(session: ChatSession, argument: string): Promise<"leave" | undefined> | Promise<void> | void;
}

/** The commands of the chat, by what follows the slash. */
export const CHAT_COMMANDS: Readonly<Record<string, ChatCommand>> = {
  help: { takes: "", does: "lists the commands", run: help },
  model: {
    takes: "NAME",
    does: "goes on with another model; without a name, says which it is",
    run: switchModel,
  },
  models: {
    takes: "",
    does: "lists what is configured",
    run: (session) => session.print(modelTable(session.io.env)),
  },
  system: {
    takes: "TEXT",
    does: "gives the model instructions; without a text, takes them back",
    run: instruct,
  },
  file: {
    takes: "PATH",
    does: "lets an image, a sound, a document or a text go with the next message",
    run: (session, path) => session.attach(path),
  },
  retry: {
    takes: "",
    does: "asks for another answer to the last message",
    run: async (session) => void (await session.retry()),
  },
  edit: { takes: "TEXT", does: "says something else in place of the last message", run: edit },
  branches: {
    takes: "[NUMBER]",
    does: "lists the other answers and edits, or goes on from one",
    run: branches,
  },
  history: { takes: "", does: "shows what was said", run: history },
  search: { takes: "TEXT", does: "shows the messages that contain a text", run: search },
  stats: { takes: "", does: "counts messages, tokens and costs", run: statistics },
  title: { takes: "TEXT", does: "names the conversation; without a text, says its name", run: title },
  save: {
    takes: "FILE",
    does: "writes the conversation to a file: .json with everything, .txt, or Markdown",
    run: save,
  },
  clear: { takes: "", does: "begins a new conversation", run: clear },
  quit: { takes: "", does: "leaves, as Ctrl-D does", run: () => Promise.resolve("leave" as const) },
};

function help(session: ChatSession): void {
  const lines = Object.entries(CHAT_COMMANDS).map(
    ([name, { takes, does }]) => `  ${`/${name} ${takes}`.padEnd(20)} ${does}`,
  );
  session.print([...lines, "  A line that ends in \\ goes on in the next."].join("\n"));
}

function switchModel(session: ChatSession, name: string): void {
  const { conversation, io } = session;
  if (name !== "") conversation.model = session.prepared(model(name, { env: io.env }));
  session.print(`model: ${conversation.model.id}`);
}

function instruct(session: ChatSession, text: string): void {
  session.conversation.system = text === "" ? undefined : text;
  session.print(text === "" ? "no instructions" : "instructions are given from here on");
}

async function edit(session: ChatSession, text: string): Promise<void> {
  const question = await lastQuestion(session);
  await session.edit(question.id, text);
}

/** Where the conversation could have gone otherwise: at the last message of the user, or at the answer to it. */
async function branches(session: ChatSession, number: string): Promise<void> {
  const { conversation } = session;
  const question = await lastQuestion(session);
  const answer = (await conversation.messages()).find(({ parentId }) => parentId === question.id);
  const questions = await conversation.branches(question.id);
  const choices = [...questions, ...(answer === undefined ? [] : await conversation.branches(answer.id))];
  if (number === "") {
    const list = choices.map((choice, index) => `  ${index + 1}  ${oneLine(choice)}`).join("\n");
    session.print(shown(list, session.io.stderr));
    return;
  }
  const chosen = choices[Number(number) - 1];
  if (chosen === undefined) throw invalid("NUMBER", number, `1 to ${choices.length}`);
  await conversation.checkout(chosen.id);
  session.print(`goes on from: ${shown(oneLine(chosen), session.io.stderr)}`);
}

async function lastQuestion({ conversation }: ChatSession): Promise<StoredMessage> {
  const question = (await conversation.messages()).findLast(({ message }) => message.role === "user");
  if (question !== undefined) return question;
  throw new SluiceError("invalid-argument", "nothing was said yet", { field: "command" });
}

async function history(session: ChatSession): Promise<void> {
  const messages = await session.conversation.messages();
  session.print(
    messages.length === 0 ? "nothing was said yet" : shown(messages.map(asMarkdown).join("\n\n"), session.io.stderr),
  );
}

async function search(session: ChatSession, text: string): Promise<void> {
  const found = await session.conversation.search(text, { branches: "all" });
  session.print(found.length === 0 ? "nothing was found" : shown(found.map(oneLine).join("\n"), session.io.stderr));
}

async function statistics(session: ChatSession): Promise<void> {
  session.print(describeStatistics(await session.conversation.statistics()));
}

async function title(session: ChatSession, text: string): Promise<void> {
  if (text !== "") await session.conversation.setTitle(text);
  session.print(`title: ${(await session.conversation.title()) ?? "none yet"}`);
}

/** Forms of an export, by the ends of files' names. */
const FORMATS: Readonly<Record<string, ExportFormat>> = { ".json": "json", ".txt": "text" };

async function save(session: ChatSession, file: string): Promise<void> {
  if (file === "") throw invalid("FILE", file, "the name of a file");
  const text = await session.conversation.export(FORMATS[extname(file).toLowerCase()] ?? "markdown");
  await writeFile(file, text).catch((cause: Error) => {
    throw new SluiceError("invalid-argument", `${file} cannot be written: ${cause.message}`, { field: "FILE", cause });
  });
  const { length } = await session.conversation.messages();
  session.print(`${length} messages are in ${file}`);
}

async function clear(session: ChatSession): Promise<void> {
  await session.begin();
  session.print(session.kept ? `conversation ${session.conversation.contextId}: begins` : "a new conversation begins");
}

function asMarkdown({ message, status }: StoredMessage): string {
  const stopped = status === "interrupted" ? " (stopped)" : "";
  return `**${message.role}**${stopped}: ${textOf(message)}`;
}

function oneLine(message: StoredMessage): string {
  const line = asMarkdown(message).replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
