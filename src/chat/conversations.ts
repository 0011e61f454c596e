import { wholeNumber } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { checkListOptions } from "./check-list-options.js";
import { Conversation } from "./conversation.js";
import type { ConversationOptions } from "./conversation-options.js";
import type { ConversationRecord, ConversationStore, ListOptions, StoredConversation } from "./conversation-store.js";
import { type ImportOptions, importConversation } from "./import-json.js";
import { checkSearch, eachConversation, type SearchHit, type SearchOptions, searchConversations } from "./search.js";
import { storable } from "./storable.js";
import { StoreHandle } from "./store-handle.js";

/**
 * The conversations of one store: several at once, listed, searched, imported and deleted.
 *
 * @example
 * ```ts
 * import { Conversations } from "sluice/chat";
 *
 * const conversations = new Conversations("chats.db");
 * const support = conversations.open({ model: "openai/gpt-5-mini", contextId: "support" });
 * await support.send("My parcel is late.");
 * for await (const { id, title } of conversations.all()) console.log(id, title);
 * ```
 */
export class Conversations {
  readonly #store: StoreHandle;

  /**
   * @param store a store, or where to find one, as in `ConversationOptions`. Default: `conversations.db` in the folder
   *   `SLUICE_DATA`; where that is not set, this process's memory.
   */
  constructor(store?: ConversationStore | string) {
    this.#store = new StoreHandle(store);
  }

  /** A conversation in this store: the one with this context id, or a new one. Nothing is read or stored yet. */
  open(options: Omit<ConversationOptions, "store">): Conversation {
    return new Conversation({ ...options, store: this.#store.where });
  }

  /**
   * One page of conversations, the last updated first.
   *
   * @throws {SluiceError} `invalid-argument` for a limit that is not a whole number of at least 1, and for unknown
   *   options.
   */
  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    if (options.limit !== undefined) wholeNumber(1)(options.limit, "limit");
    const store = await this.#store.open();
    return store.list(options);
  }

  /** All conversations, the last updated first, read page by page. */
  async *all(): AsyncGenerator<ConversationRecord> {
    yield* eachConversation(await this.#store.open());
  }

  /**
   * Everything that is known of a conversation, for exports and statistics.
   *
   * @throws {SluiceError} `not-found` when there is none with this id; `invalid-argument` for an invalid id.
   */
  async get(contextId: string): Promise<StoredConversation> {
    storable(contextId, "contextId");
    const store = await this.#store.open();
    const found = await store.load(contextId);
    if (found !== undefined) return found;
    throw new SluiceError("not-found", `there is no conversation ${JSON.stringify(contextId)}`, { field: "contextId" });
  }

  /** The messages of all conversations that contain `query`, in any case, the last updated conversation first. */
  search(query: string, options: SearchOptions = {}): AsyncGenerator<SearchHit> {
    checkSearch(query, options);
    return this.#search(query, options);
  }

  async *#search(query: string, options: SearchOptions): AsyncGenerator<SearchHit> {
    yield* searchConversations(await this.#store.open(), query, options);
  }

  /** Stores a conversation that was exported as JSON; returns its context id. Throws as `importConversation` does. */
  async import(json: string, options?: ImportOptions): Promise<string> {
    return importConversation(await this.#store.open(), json, options);
  }

  /**
   * Forgets a conversation; `false` when there was none with this id.
   *
   * @throws {SluiceError} `invalid-argument` for an invalid id.
   */
  async delete(contextId: string): Promise<boolean> {
    storable(contextId, "contextId");
    const store = await this.#store.open();
    return store.delete(contextId);
  }

  /** Frees the file or connection, where it was opened here; a store that was given stays open. */
  async close(): Promise<void> {
    await this.#store.close();
  }
}
