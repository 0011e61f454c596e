import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../../chat/conversation-store.js";
import { type Caller, LOCAL } from "../protect/caller.js";

/** The conversations of one caller in a store that several share: ids of different callers never meet. */
export class OwnedStore implements ConversationStore {
  readonly #store: ConversationStore;
  /** Begins the ids of the caller's conversations in the store. No name of a caller has a colon. */
  readonly #prefix: string;

  constructor(store: ConversationStore, caller: Caller) {
    this.#store = store;
    // Where the server asks for no key, there is nobody else: those of the command line are the same person's.
    this.#prefix = caller === LOCAL ? "" : `${caller.name}:`;
  }

  get readOnly(): boolean {
    return this.#store.readOnly ?? false;
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    const found = await this.#store.load(this.#prefix + id);
    return found && { ...found, id };
  }

  append(id: string, change: Append): Promise<number> {
    return this.#store.append(this.#prefix + id, change);
  }

  async list({ limit = 100, after, prefix = "" }: ListOptions = {}): Promise<ConversationRecord[]> {
    const found: ConversationRecord[] = [];
    const wanted = this.#prefix + prefix;
    let last = after && { ...after, id: this.#prefix + after.id };
    // A store of somebody else's may know nothing of prefixes.
    while (found.length < limit) {
      const page = await this.#store.list({ limit, prefix: wanted, ...(last && { after: last }) });
      for (const record of page) {
        if (record.id.startsWith(wanted)) found.push({ ...record, id: record.id.slice(this.#prefix.length) });
      }
      last = page.at(-1);
      if (page.length < limit || last === undefined) break;
    }
    return found.slice(0, limit);
  }

  delete(id: string): Promise<boolean> {
    return this.#store.delete(this.#prefix + id);
  }

  /** The store itself stays open: it is not this caller's alone. */
  async close(): Promise<void> {}
}
