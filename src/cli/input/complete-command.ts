import { CHAT_COMMANDS } from "../chat-commands.js";
import type { ChatSession } from "../chat-session.js";
import type { Completions } from "./completion.js";

/** What a text that begins with a slash may go on with: the name of a command, or what the command takes. */
export async function completeCommand(session: ChatSession, text: string): Promise<Completions | undefined> {
  const [all, name = "", argument] = /^\/(\S*)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  if (all === undefined) return undefined;
  if (argument === undefined) {
    if (/\s$/.test(text)) return complete(session, name, "", text.length);
    const values = Object.keys(CHAT_COMMANDS).filter((known) => known.startsWith(name));
    return { from: 1, values: values.toSorted() };
  }
  return complete(session, name, argument, text.length - argument.length);
}

async function complete(
  session: ChatSession,
  name: string,
  argument: string,
  from: number,
): Promise<Completions | undefined> {
  const command = Object.hasOwn(CHAT_COMMANDS, name) ? CHAT_COMMANDS[name] : undefined;
  const values = await command?.complete?.(session, argument);
  return values && { from, values: values.filter((value) => value.startsWith(argument)) };
}
