import type { ChatSession } from "./chat-session.js";

/**
 * How a conversation is gone on with, or kept; `undefined` in an empty conversation.
 *
 * @param command begins or resumes one, for example `sluice chat`.
 * @param when whether it is left already, or still can be saved.
 */
export async function whereabouts(
  { conversation, kept }: ChatSession,
  command: string,
  when: "before" | "after",
): Promise<string | undefined> {
  // What cannot be read is there all the same.
  const messages = await conversation.messages().catch(() => undefined);
  if (messages?.length === 0) return undefined;
  if (kept) return `${command} --conversation ${quotedWord(conversation.contextId)} goes on with this conversation`;
  const keeps = `${command} --conversation NAME keeps one`;
  return when === "before" ? `not kept: /save FILE writes it; ${keeps}` : `the conversation was not kept; ${keeps}`;
}

/** A word as a shell takes it. */
export function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
