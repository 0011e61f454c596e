import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { ConversationRecord, TurnRecord } from "./records.js";

interface Schema extends DBSchema {
  conversations: { key: string; value: ConversationRecord; indexes: { updatedAt: number } };
  turns: { key: string; value: TurnRecord; indexes: { conversation: string } };
}

/** The conversations of this browser, in its database. */
class Shelf {
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  /** Every conversation, the newest first. */
  async list(): Promise<ConversationRecord[]> {
    const all = await (await this.#open()).getAllFromIndex("conversations", "updatedAt");
    return all.toReversed();
  }

  async find(id: string): Promise<ConversationRecord | undefined> {
    return (await this.#open()).get("conversations", id);
  }

  async put(record: ConversationRecord): Promise<void> {
    await this.#put("conversations", record);
  }

  async turns(conversation: string): Promise<TurnRecord[]> {
    return (await this.#open()).getAllFromIndex("turns", "conversation", conversation);
  }

  async putTurn(turn: TurnRecord): Promise<void> {
    await this.#put("turns", turn);
  }

  /** Deletes a conversation with all of its turns. */
  async delete(id: string): Promise<void> {
    const transaction = (await this.#open()).transaction(["conversations", "turns"], "readwrite");
    const turns = transaction.objectStore("turns");
    for (const key of await turns.index("conversation").getAllKeys(id)) await turns.delete(key);
    await transaction.objectStore("conversations").delete(id);
    await transaction.done;
  }

  /** The conversations in which somebody says something that contains a text. */
  async search(text: string): Promise<Set<string>> {
    const wanted = text.toLowerCase();
    const found = new Set<string>();
    const { store } = (await this.#open()).transaction("turns");
    for await (const { value } of store) {
      if (!found.has(value.conversation) && textOfTurn(value).toLowerCase().includes(wanted))
        found.add(value.conversation);
    }
    return found;
  }

  /** Commits at once, not after an answer to this page: the page may be reloaded before that. */
  async #put<Store extends "conversations" | "turns">(store: Store, value: Schema[Store]["value"]): Promise<void> {
    const transaction = (await this.#open()).transaction(store, "readwrite");
    const stored = transaction.store.put(value);
    transaction.commit();
    await Promise.all([stored, transaction.done]);
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>("sluice", 1, {
      upgrade(database) {
        database.createObjectStore("conversations", { keyPath: "id" }).createIndex("updatedAt", "updatedAt");
        database.createObjectStore("turns", { keyPath: "id" }).createIndex("conversation", "conversation");
      },
    });
    return this.#opened;
  }
}

/** The text of a turn. */
export function textOfTurn(turn: TurnRecord): string {
  if (turn.kind === "user") return turn.text;
  return turn.legs
    .flatMap(({ events }) => events.map((event) => (event.type === "text-delta" ? event.text : "")))
    .join("");
}

/** The one shelf of this page. */
export const shelf = new Shelf();
