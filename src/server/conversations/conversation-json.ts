import type { JsonObject } from "../../base/json.js";
import type { ConversationRecord, StoredConversation, StoredMessage } from "../../chat/conversation-store.js";
import { messageToJson } from "../../chat/message-json.js";
import { MessageTree } from "../../chat/message-tree.js";
import { SluiceError } from "../../stream/error.js";

/** A conversation in a list. */
export function recordJson({ id, title, createdAt, updatedAt, version, head, metadata }: ConversationRecord) {
  return { id, ...(title !== undefined && { title }), createdAt, updatedAt, version, head, metadata };
}

/** Which of a conversation's messages are wanted. */
export interface MessagePage {
  /** `current`: from the first to the head; `all`: every branch. */
  branches: "current" | "all";
  /** How many at most, the newest. */
  limit: number;
  /** Only those before this message of the current branch. */
  before?: string;
}

/** Messages as clients get them, and whether there are earlier ones. */
function messagesJson(
  { messages, head }: StoredConversation,
  { branches, limit, before }: MessagePage,
): { messages: object[]; earlier: boolean } {
  const tree = new MessageTree(messages);
  const path = branches === "all" ? messages : tree.path(head);
  const end = before === undefined ? path.length : path.findIndex(({ id }) => id === before);
  if (end === -1) throw new SluiceError("not-found", "there is no such message on this branch", { field: "before" });
  const start = Math.max(0, end - limit);
  return { messages: path.slice(start, end).map((message) => messageJson(message, tree)), earlier: start > 0 };
}

/** A message, with the ids of its alternatives where it has some, oldest first. */
function messageJson(stored: StoredMessage, tree: MessageTree): object {
  const { summary: _, ...json } = messageToJson(stored) as StoredMessage;
  const siblings = tree.siblings(stored.id).map(({ id }) => id);
  return siblings.length > 1 ? { ...json, siblings } : json;
}

/** What is known of a conversation and the answer that it is at. */
export function detailsJson(stored: StoredConversation, page: MessagePage, run: string | undefined): JsonObject {
  const details = { ...recordJson(stored), ...messagesJson(stored, page), ...(run !== undefined && { run }) };
  return details as unknown as JsonObject;
}
