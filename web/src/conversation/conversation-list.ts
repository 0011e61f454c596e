import { signal } from "@preact/signals";
import type { ConversationRecord } from "../store/records.js";
import { shelf } from "../store/shelf.js";

/** The conversations of this browser, the newest first; `undefined` until they are read. */
export const conversations = signal<readonly ConversationRecord[] | undefined>(undefined);

/** Reads them. */
export async function loadConversations(): Promise<void> {
  conversations.value = await shelf.list();
}

/** Keeps one that is new. */
export async function addConversation(record: ConversationRecord): Promise<void> {
  list(record);
  await shelf.add(record);
}

/** Changes one, wherever it was changed last. */
export async function changeConversation(
  id: string,
  change: (record: ConversationRecord) => ConversationRecord,
): Promise<void> {
  const listed = conversations.peek()?.find((one) => one.id === id);
  if (listed !== undefined) list(change(listed));
  const record = await shelf.change(id, change);
  if (record === undefined) unlist(id);
}

/** Gives one another title. */
export async function renameConversation(id: string, title: string): Promise<void> {
  const wanted = title.trim();
  if (wanted !== "") await changeConversation(id, (record) => ({ ...record, title: wanted }));
}

/** Deletes one for good. */
export async function deleteConversation(id: string): Promise<void> {
  unlist(id);
  await shelf.delete(id);
}

/** Reads one that another tab has written. @returns it; `undefined` where it was deleted. */
export async function rereadConversation(id: string): Promise<ConversationRecord | undefined> {
  const record = await shelf.find(id);
  if (record === undefined) unlist(id);
  else list(record);
  return record;
}

function list(record: ConversationRecord): void {
  const others = (conversations.peek() ?? []).filter(({ id }) => id !== record.id);
  conversations.value = [record, ...others].toSorted((a, b) => b.updatedAt - a.updatedAt);
}

function unlist(id: string): void {
  conversations.value = conversations.peek()?.filter((one) => one.id !== id);
}
