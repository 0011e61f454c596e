import type { StoredMessage } from "../chat/conversation-store.js";
import { invalid, SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import type { ChatSession } from "./chat-session.js";
import { shown } from "./io.js";

/**
 * Where the conversation could have gone otherwise: at the last message of the user, at the answer to it, or with what was taken back
 * behind it.
 */
export async function choicesOf({ conversation }: ChatSession): Promise<StoredMessage[]> {
  const path = await conversation.messages();
  const question = path.findLast(({ message }) => message.role === "user");
  const answer = question && path.find(({ parentId }) => parentId === question.id);
  const head = path.at(-1)?.id ?? null;
  const takenBack = (await conversation.allMessages()).filter(({ parentId }) => parentId === head);
  return [
    ...(question === undefined ? [] : await conversation.branches(question.id)),
    ...(answer === undefined ? [] : await conversation.branches(answer.id)),
    ...takenBack,
  ];
}

/** `/branches`: lists the choices, those that the conversation goes on from with a star, or goes on from one. */
export async function branches(session: ChatSession, number: string): Promise<void> {
  const { conversation, io } = session;
  const choices = await choicesOf(session);
  if (choices.length === 0) throw new SluiceError("invalid-argument", "there is no message yet", { field: "command" });
  if (number === "") {
    const here = new Set((await conversation.messages()).map(({ id }) => id));
    const lines = choices.map((choice, index) => `${here.has(choice.id) ? "*" : " "} ${index + 1}  ${oneLine(choice)}`);
    session.print(shown(lines.join("\n"), io.stderr));
    return;
  }
  const chosen = choices[Number(number) - 1];
  if (chosen === undefined) throw invalid("NUMBER", number, `1 to ${choices.length}`);
  await conversation.checkout(chosen.id);
  session.print(`goes on from: ${shown(oneLine(chosen), io.stderr)}`);
}

/** `/undo`: takes back the last message. */
export async function undo(session: ChatSession): Promise<void> {
  session.giveUp();
  const last = await session.conversation.undo();
  if (last === undefined) throw new SluiceError("invalid-argument", "there is no message yet", { field: "command" });
  session.print(`taken back: ${shown(oneLine(last), session.io.stderr)} (/branches has it)`);
}

/** A message on a line of its own. */
export function oneLine(message: StoredMessage): string {
  const line = asMarkdown(message).replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** A message as Markdown, whole. */
export function asMarkdown({ message, status }: StoredMessage): string {
  const stopped = status === "interrupted" ? " (stopped)" : "";
  return `**${message.role}**${stopped}: ${textOf(message)}`;
}
