import { type ChatMessage, textOf } from "../stream/message.js";

/** Longest title, in characters. */
const LONGEST = 80;
/** Control characters, NUL among them, and halves of surrogate pairs: not every store or terminal takes them. */
const UNSEEN = /[\p{Cc}\p{Cs}]/gu;

/** What to call a conversation that begins with these messages: the first line that a user wrote, cut to 80 characters. */
export function titleOf(messages: Iterable<ChatMessage>): string | undefined {
  for (const message of messages) {
    if (message.role !== "user") continue;
    const line = /\S.*/.exec(textOf(message))?.[0].replace(UNSEEN, " ").trim();
    if (!line) continue;
    const characters = [...line.slice(0, 4 * LONGEST)];
    return characters.length <= LONGEST
      ? line
      : `${characters
          .slice(0, LONGEST - 1)
          .join("")
          .trimEnd()}…`;
  }
  return undefined;
}
