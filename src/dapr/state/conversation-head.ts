import type { Append, ConversationRecord } from "../../chat/conversation-store.js";
import type { TurnTree } from "./turn-tree.js";

/** The record of a conversation that every append replaces. Whoever replaces it, by its ETag, has appended. */
export interface ConversationHead extends Omit<ConversationRecord, "id"> {
  /** Tells the conversation from earlier ones with its id: it is part of the keys of its turns. */
  run: string;
  /** Its turns by name. */
  turns: TurnTree;
  /** Set where it was deleted: `in part` while its turns are being deleted. `version` is then 0. */
  deleted?: "in part" | "wholly";
}

/** The head of a conversation without turns. It is not there for anybody until its version is 1. */
export function newHead(run: string): ConversationHead {
  const now = new Date().toISOString();
  return { run, createdAt: now, updatedAt: now, version: 0, head: null, metadata: {}, turns: [] };
}

/** The head after an append. */
export function headAfter(head: ConversationHead, change: Append, turns: TurnTree): ConversationHead {
  return {
    ...head,
    updatedAt: new Date().toISOString(),
    version: head.version + 1,
    head: change.head,
    ...(change.title !== undefined && { title: change.title }),
    ...(change.metadata !== undefined && { metadata: change.metadata }),
    turns,
  };
}

/** The head of a conversation that is not there any more, and knows what of it is still to be deleted. */
export function deletedHead({ run, turns }: ConversationHead): ConversationHead {
  return { ...newHead(run), turns, deleted: "in part" };
}

/** What stays of a conversation that was deleted. */
export function purgedHead({ run }: ConversationHead): ConversationHead {
  return { ...newHead(run), deleted: "wholly" };
}

/** What a store's callers see of a head. */
export function recordOf(id: string, head: ConversationHead): ConversationRecord {
  const { run: _, turns: __, deleted: ___, ...record } = head;
  return { id, ...record };
}
