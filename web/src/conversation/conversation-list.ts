import { signal } from "@preact/signals";
import type { ConversationRecord } from "../store/records.js";
import { shelf } from "../store/shelf.js";

/** The conversations of this browser, the newest first; `undefined` until they are read. */
export const conversations = signal<readonly ConversationRecord[] | undefined>(undefined);

/** Reads them. */
export async function loadConversations(): Promise<void> {
  conversations.value = await shelf.list();
}

/** Keeps one that is new or has changed. */
export async function noteConversation(record: ConversationRecord): Promise<void> {
  const others = (conversations.value ?? []).filter(({ id }) => id !== record.id);
  conversations.value = [record, ...others].toSorted((a, b) => b.updatedAt - a.updatedAt);
  await shelf.put(record);
}

/** Gives one another title. */
export async function renameConversation(id: string, title: string): Promise<void> {
  const record = conversations.value?.find((one) => one.id === id);
  if (record !== undefined && title.trim() !== "") await noteConversation({ ...record, title: title.trim() });
}

/** Deletes one for good. */
export async function deleteConversation(id: string): Promise<void> {
  conversations.value = conversations.value?.filter((one) => one.id !== id);
  await shelf.delete(id);
}
