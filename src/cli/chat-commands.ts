import { stat, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import type { StoredMessage } from "../chat/conversation-store.js";
import type { ExportFormat } from "../chat/export-conversation.js";
import { invalid, SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import { Toolbox } from "../tools/toolbox.js";
import { asMarkdown, branches, choicesOf, oneLine, undo } from "./chat-branches.js";
import { switchModel } from "./chat-models.js";
import type { ChatSession } from "./chat-session.js";
import { changedSetting, completeSetting, describeSettings, SETTING_NAMES } from "./chat-settings.js";
import { copyText } from "./clipboard.js";
import { describeStatistics } from "./describe-statistics.js";
import { fileError } from "./file-problem.js";
import { completeModel } from "./input/complete-model.js";
import { completePath } from "./input/complete-path.js";
import { shown } from "./io.js";
import { modelTable } from "./model-table.js";
import { pathArgument } from "./path-argument.js";

/** A command of the chat: what it takes, what it does. */
interface ChatCommand {
  takes: string;
  does: string;
  run(session: ChatSession, argument: string): Promise<"leave" | undefined> | Promise<void> | void;
  /** Arguments that begin with what is written, each as a whole: the Tab key. One that ends in `/` is gone on with. */
  complete?(session: ChatSession, argument: string): readonly string[] | Promise<readonly string[]>;
}

/** The commands of the chat, by what follows the slash. */
export const CHAT_COMMANDS: Readonly<Record<string, ChatCommand>> = {
  help: { takes: "", does: "lists the commands", run: help },
  model: {
    takes: "[NAME]",
    does: "goes on with another model; without a name, lists them",
    run: switchModel,
    complete: (session, written) => completeModel(written, session.io.env),
  },
  models: {
    takes: "",
    does: "lists what is configured",
    run: (session) => session.print(modelTable(session.io.env)),
  },
  system: {
    takes: "TEXT",
    does: "gives instructions; without a text, takes them back",
    run: instruct,
  },
  set: {
    takes: "[NAME [VALUE]]",
    does: "changes temperature and the like, or lists them",
    run: set,
    complete: (_, written) => completeSetting(written),
  },
  tools: { takes: "", does: "lists what the model may call", run: tools },
  file: {
    takes: "PATH",
    does: "lets a file go with the next message",
    run: (session, path) => session.attach(pathArgument(path, session.io.env)),
    complete: (session, written) => completePath(written, session.io.env),
  },
  retry: {
    takes: "",
    does: "asks what failed again, or for another last answer",
    run: retry,
  },
  edit: { takes: "TEXT", does: "says something else in place of the last message", run: edit },
  undo: { takes: "", does: "takes back the last message, and the answer to it", run: undo },
  branches: {
    takes: "[NUMBER]",
    does: "lists other answers and edits, or goes on from one",
    run: branches,
    complete: async (session) => (await choicesOf(session)).map((_, index) => String(index + 1)),
  },
  history: { takes: "", does: "shows the messages", run: history },
  search: { takes: "TEXT", does: "shows the messages that contain a text", run: search },
  stats: { takes: "", does: "counts messages, tokens and costs", run: statistics },
  title: { takes: "TEXT", does: "names the conversation; without a text, says its name", run: title },
  copy: { takes: "", does: "puts the last answer on the clipboard", run: copy },
  save: {
    takes: "FILE",
    does: "writes it to a file: .json (whole), .txt or Markdown",
    run: save,
    complete: (session, written) => completePath(written, session.io.env),
  },
  clear: { takes: "", does: "begins a new conversation", run: clear },
  quit: { takes: "", does: "leaves, as Ctrl-D does", run: () => Promise.resolve("leave" as const) },
};

/** How messages are written, below the list of commands. */
const WRITING = `  """ begins and ends several lines; a line that ends in \\ goes on in the next, as after Alt-Enter.
  // begins a message with a slash. Tab completes, Ctrl-R searches what was entered. Ctrl-C stops, Ctrl-D leaves.`;

function help(session: ChatSession): void {
  const lines = Object.entries(CHAT_COMMANDS).map(
    ([name, { takes, does }]) => `  ${`/${name} ${takes}`.padEnd(20)} ${does}`,
  );
  session.notify([...lines, WRITING].join("\n"));
}

function instruct(session: ChatSession, text: string): void {
  session.conversation.system = text === "" ? undefined : text;
  session.print(text === "" ? "no instructions" : "instructions are given from here on");
}

async function edit(session: ChatSession, text: string): Promise<void> {
  const question = await lastQuestion(session);
  await session.edit(question.id, text);
}

async function lastQuestion({ conversation }: ChatSession): Promise<StoredMessage> {
  const question = (await conversation.messages()).findLast(({ message }) => message.role === "user");
  if (question !== undefined) return question;
  throw new SluiceError("invalid-argument", "there is no message yet", { field: "command" });
}

async function history(session: ChatSession): Promise<void> {
  const messages = await session.conversation.messages();
  session.print(
    messages.length === 0 ? "there is no message yet" : shown(messages.map(asMarkdown).join("\n\n"), session.io.stderr),
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

async function save(session: ChatSession, name: string): Promise<void> {
  if (name === "") throw invalid("FILE", name, "the name of a file");
  const file = pathArgument(name, session.io.env);
  const text = await session.conversation.export(FORMATS[extname(file).toLowerCase()] ?? "markdown");
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw fileError(file, "written", cause, "FILE");
    if ((await stat(file)).isDirectory()) throw fileError(file, "written", new Error("it is a folder"), "FILE");
    if (!(await confirmed(session, `${file} is there: replace it?`))) {
      session.print("nothing was saved");
      return;
    }
    await writeFile(file, text).catch((problem: unknown) => {
      throw fileError(file, "written", problem, "FILE");
    });
  }
  const { length } = await session.conversation.messages();
  session.print(`${length} messages are in ${file}`);
}

/** Asks the person; nobody's answer is no. */
async function confirmed(session: ChatSession, question: string): Promise<boolean> {
  session.print(`? ${question} (y or n)`);
  const line = await session.nextLine?.();
  return /^(y|yes)$/i.test(line?.trim() ?? "");
}

function set(session: ChatSession, argument: string): void {
  const [, name = "", value = ""] = /^(\S*)\s*([\s\S]*)$/.exec(argument) ?? [];
  if (name !== "") session.settings = changedSetting(session.settings, name, value);
  session.print(describeSettings(session.settings, name === "" ? SETTING_NAMES : [name]));
}

async function retry(session: ChatSession): Promise<void> {
  if (!session.hasFailed) await lastQuestion(session);
  await session.retry();
}

async function tools(session: ChatSession): Promise<void> {
  const toolbox = await Toolbox.gather(session.tools);
  const lines = toolbox.definitions.map(({ name, description = "" }) => `  ${`${name}  ${description}`.trim()}`);
  session.print(
    lines.length === 0 ? "none: --tools FILE and --mcp SERVER give some" : shown(lines.join("\n"), session.io.stderr),
  );
}

async function copy(session: ChatSession): Promise<void> {
  const answer = (await session.conversation.messages()).findLast(({ message }) => message.role === "assistant");
  const text = answer === undefined ? "" : textOf(answer.message);
  if (text === "") throw new SluiceError("invalid-argument", "there is no answer yet", { field: "command" });
  session.print(`${text.length.toLocaleString("en")} characters: ${await copyText(text, session.io)}`);
}

async function clear(session: ChatSession): Promise<void> {
  await session.begin();
  session.print(session.kept ? `conversation ${session.conversation.contextId}: begins` : "a new conversation begins");
}
