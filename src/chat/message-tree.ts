import { invalid } from "../stream/error.js";
import type { StoredMessage } from "./conversation-store.js";

/** The messages of a conversation, as the tree that edits and second answers make of them. */
export class MessageTree {
  readonly #messages = new Map<string, StoredMessage>();
  /** Ids of the messages that follow one, oldest first. */
  readonly #children = new Map<string | null, string[]>();
  /** The path that was asked for last. */
  #last: { to: string | null; path: StoredMessage[] } = { to: null, path: [] };

  constructor(messages: readonly StoredMessage[] = []) {
    for (const message of messages) this.add(message);
  }

  add(message: StoredMessage): void {
    this.#messages.set(message.id, message);
    const siblings = this.#children.get(message.parentId);
    if (siblings === undefined) this.#children.set(message.parentId, [message.id]);
    else siblings.push(message.id);
  }

  /** All messages, in the order in which they came. */
  get all(): StoredMessage[] {
    return [...this.#messages.values()];
  }

  /** @throws {SluiceError} `invalid-argument` when there is no such message. */
  get(id: string): StoredMessage {
    const message = this.#messages.get(id);
    if (message === undefined) throw invalid("messageId", id, "the id of a message of this conversation");
    return message;
  }

  has(id: string): boolean {
    return this.#messages.has(id);
  }

  /** The messages from the first to this one. Where one goes on from the last path, only what is new is looked up. */
  path(to: string | null): StoredMessage[] {
    const tail: StoredMessage[] = [];
    let id = to;
    while (id !== null && id !== this.#last.to) {
      const message = this.get(id);
      tail.push(message);
      id = message.parentId;
    }
    const path = id === null ? [] : this.#last.path;
    for (const message of tail.reverse()) path.push(message);
    this.#last = { to, path };
    return path.slice();
  }

  /** The message and its alternatives: all that follow the same one, oldest first. */
  siblings(id: string): StoredMessage[] {
    return (this.#children.get(this.get(id).parentId) ?? []).map((sibling) => this.get(sibling));
  }

  /** The newest message of the branch that goes on from this one. */
  leaf(id: string): string {
    let leaf = this.get(id).id;
    for (;;) {
      const next = this.#children.get(leaf)?.at(-1);
      if (next === undefined) return leaf;
      leaf = next;
    }
  }
}
