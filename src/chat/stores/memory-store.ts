import { checkAppend } from "../check-append.js";
import { checkListOptions } from "../check-list-options.js";
import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../conversation-store.js";
import { conflict } from "./conflict.js";

/** Keeps conversations in this process, until it ends. */
export class MemoryStore implements ConversationStore {
  readonly #conversations = new Map<string, StoredConversation>();

  async load(id: string): Promise<StoredConversation | undefined> {
    const found = this.#conversations.get(id);
    return found === undefined ? undefined : structuredClone(found);
  }

  async append(id: string, change: Append): Promise<number> {
    checkAppend(id, change);
    const now = new Date().toISOString();
    const found = this.#conversations.get(id);
    const version = found?.version ?? 0;
    if (version !== change.expectedVersion) throw conflict(id, change.expectedVersion, version);
    const conversation: StoredConversation = found ?? {
      id,
      createdAt: now,
      updatedAt: now,
      version: 0,
      head: null,
      metadata: {},
      messages: [],
    };
    for (const message of structuredClone([...change.messages])) conversation.messages.push(message);
    conversation.head = change.head;
    conversation.updatedAt = now;
    if (change.title !== undefined) conversation.title = change.title;
    if (change.metadata !== undefined) conversation.metadata = structuredClone(change.metadata);
    this.#conversations.set(id, conversation);
    return ++conversation.version;
  }

  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    const { limit = 100, after, prefix = "" } = options;
    return [...this.#conversations.values()]
      .filter((conversation) => conversation.id.startsWith(prefix))
      .filter((conversation) => after === undefined || byTime(conversation, after) > 0)
      .sort(byTime)
      .slice(0, limit)
      .map(({ messages: _, ...record }) => structuredClone(record));
  }

  async delete(id: string): Promise<boolean> {
    return this.#conversations.delete(id);
  }

  async close(): Promise<void> {}
}

/** The last updated first, then by id. */
function byTime(a: Pick<ConversationRecord, "updatedAt" | "id">, b: typeof a): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
