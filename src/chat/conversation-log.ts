import type { JsonObject } from "../base/json.js";
import { SluiceError } from "../stream/error.js";
import type { Append, ConversationStore, StoredConversation, StoredMessage } from "./conversation-store.js";
import { MessageTree } from "./message-tree.js";
import { titleOf } from "./title.js";

/** One conversation as it stands in its store: loaded once, then kept in step with what is appended. */
export class ConversationLog {
  readonly #id: string;
  readonly #open: () => Promise<ConversationStore>;
  #loaded: Promise<void> | undefined;
  #tree = new MessageTree();
  #head: string | null = null;
  #version = 0;
  #title: string | undefined;
  #metadata: JsonObject = {};

  /** @param open gives the store; called for each use. */
  constructor(id: string, open: () => Promise<ConversationStore>) {
    this.#id = id;
    this.#open = open;
  }

  get tree(): MessageTree {
    return this.#tree;
  }

  /** The message that the conversation goes on from; `null` when it is empty. */
  get head(): string | null {
    return this.#head;
  }

  get title(): string | undefined {
    return this.#title;
  }

  get metadata(): JsonObject {
    return structuredClone(this.#metadata);
  }

  /** Everything, as a store gives it. */
  get stored(): StoredConversation {
    const messages = this.#tree.all;
    const createdAt = messages[0]?.createdAt ?? new Date().toISOString();
    return {
      id: this.#id,
      createdAt,
      updatedAt: messages.at(-1)?.createdAt ?? createdAt,
      version: this.#version,
      head: this.#head,
      ...(this.#title !== undefined && { title: this.#title }),
      metadata: this.metadata,
      messages: structuredClone(messages),
    };
  }

  /** Reads the conversation, the first time. One that failed is tried again at the next call. */
  async load(): Promise<void> {
    this.#loaded ??= this.#reload();
    try {
      await this.#loaded;
    } catch (thrown) {
      this.#loaded = undefined;
      throw thrown;
    }
  }

  /**
   * Stores messages, and goes on from `head`.
   *
   * @throws {SluiceError} `conflict` when another writer was first; the messages are then kept as a branch beside the
   *   other's, and what is known here is what the other has stored. A writer that left the head where it was (a branch, a
   *   title) is no other one: where all who lost were in the way of who comes next, nobody would ever win.
   */
  async append(messages: readonly StoredMessage[], head: string | null): Promise<void> {
    for (;;) {
      const before = this.#head;
      const title = this.#title === undefined ? titleOf(messages.map(({ message }) => message)) : undefined;
      try {
        await this.#store({ messages, head, ...(title !== undefined && { title }) });
        return;
      } catch (thrown) {
        const error = SluiceError.from(thrown, "store-failed");
        if (error.code !== "conflict") throw error;
        // The connection broke after the store had done it, and its driver asked again.
        if (this.#tree.has(messages.at(-1)?.id ?? "")) return;
        if (this.#head === before && this.#follows(messages)) continue;
        if (messages.length > 0) await this.#appendAsBranch(messages);
        throw error;
      }
    }
  }

  /** Replaces the title, the application's data, or both. */
  async describe(change: { title?: string; metadata?: JsonObject }): Promise<void> {
    await this.#store({ messages: [], head: this.#head, ...change });
  }

  /** Forgets the conversation, in the store as well. */
  async delete(): Promise<boolean> {
    const store = await this.#open();
    const deleted = await store.delete(this.#id);
    this.#adopt(undefined);
    return deleted;
  }

  async #store(change: Omit<Append, "expectedVersion">): Promise<void> {
    const store = await this.#open();
    try {
      this.#version = await store.append(this.#id, { expectedVersion: this.#version, ...change });
    } catch (thrown) {
      // Whoever tries again does so on what the other writer has stored.
      if (SluiceError.from(thrown, "store-failed").code === "conflict") await this.#reload();
      // It may have been stored before the connection broke: who goes on reads first.
      else this.#loaded = undefined;
      throw thrown;
    }
    for (const message of change.messages) this.#tree.add(message);
    this.#head = change.head;
    this.#title = change.title ?? this.#title;
    if (change.metadata !== undefined) this.#metadata = structuredClone(change.metadata);
  }

  /** Another writer was first: its head stands, and this one's messages are kept beside it. */
  async #appendAsBranch(messages: readonly StoredMessage[]): Promise<void> {
    for (;;) {
      // The other writer deleted the conversation: there is nothing to branch from.
      if (!this.#follows(messages)) return;
      try {
        await this.#store({ messages, head: this.#head ?? messages.at(-1)?.id ?? null });
        return;
      } catch (thrown) {
        if (SluiceError.from(thrown, "store-failed").code !== "conflict") throw thrown;
      }
    }
  }

  /** Whether the message that these follow is there. */
  #follows(messages: readonly StoredMessage[]): boolean {
    const parent = messages[0]?.parentId ?? null;
    return parent === null || this.#tree.has(parent);
  }

  async #reload(): Promise<void> {
    const store = await this.#open();
    const stored = await store.load(this.#id);
    // A cache that drops what is old may keep the record and lose its messages.
    if (stored?.head && stored.messages.every(({ id }) => id !== stored.head)) {
      const what = `conversation ${JSON.stringify(this.#id)}: its last message ${stored.head}`;
      throw new SluiceError("store-failed", `${what} is not in the store any more`);
    }
    this.#adopt(stored);
  }

  #adopt(stored: StoredConversation | undefined): void {
    this.#tree = new MessageTree(stored?.messages);
    this.#head = stored?.head ?? null;
    this.#version = stored?.version ?? 0;
    this.#title = stored?.title;
    this.#metadata = stored?.metadata ?? {};
  }
}
