import type { ConversationRecord, StoredConversation } from "../conversation-store.js";
import { messagesFromTexts } from "../message-json.js";

/** A conversation as a row of a table, with times as the database gives them. */
export interface ConversationRow<Time extends string | Date> {
  id: string;
  created_at: Time;
  updated_at: Time;
  version: number;
  head: string | null;
  title: string | null;
  metadata: string;
}

/** The record in a row. */
export function recordOf(row: ConversationRow<string | Date>): ConversationRecord {
  const { id, version, head, title, metadata } = row;
  return {
    id,
    version,
    head,
    ...(title !== null && { title }),
    metadata: JSON.parse(metadata),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

/**
 * A row with its messages.
 *
 * @param place names the store and the conversation in an error about a message that cannot be read.
 */
export function storedConversation(
  row: ConversationRow<string | Date>,
  messages: readonly { body: string }[],
  place: string,
): StoredConversation {
  const texts = messages.map(({ body }) => body);
  return { ...recordOf(row), messages: messagesFromTexts(texts, place) };
}

function isoTime(time: string | Date): string {
  return typeof time === "string" ? time : time.toISOString();
}
