import { messageOf, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { ConversationLog } from "./conversation-log.js";
import type { ConversationOptions } from "./conversation-options.js";
import type { StoredMessage } from "./conversation-store.js";
import { StoreHandle } from "./store-handle.js";
import { withoutRepeated } from "./tool-answers.js";
import { TurnGate } from "./turn-gate.js";

/** Keeps one conversation in its store: one turn at a time, and a turn whose storing failed until it succeeds. */
export class ConversationKeeper {
  readonly store: StoreHandle;
  readonly log: ConversationLog;
  readonly #keep: ConversationOptions["keep"];
  readonly #gate = new TurnGate();
  /** A turn that could not be stored. */
  #unsaved: { messages: StoredMessage[]; error: SluiceError } | undefined;

  constructor(contextId: string, { store, keep }: Pick<ConversationOptions, "store" | "keep">) {
    this.store = new StoreHandle(store);
    this.log = new ConversationLog(contextId, () => this.store.open());
    this.#keep = keep;
  }

  /** Why the last turn could not be stored; `undefined` where it was. */
  get unsaved(): SluiceError | undefined {
    return this.#unsaved?.error;
  }

  /** Loads the conversation, and waits until an interrupted turn is stored. */
  async ready(): Promise<void> {
    await this.log.load();
    await this.#gate.settled();
  }

  /**
   * Ready for a change.
   *
   * @throws {SluiceError} `conflict` while a turn runs, which would end beside the change.
   */
  async idle(): Promise<void> {
    await this.ready();
    this.#gate.check();
  }

  /**
   * Makes the caller the one running turn; returns how to end it.
   *
   * @throws {SluiceError} `conflict` when another one runs; `store-failed` where nothing can be stored.
   */
  async beginTurn(): Promise<() => void> {
    await this.idle();
    const { readOnly } = await this.store.open();
    if (readOnly) {
      const where = typeof this.store.where === "string" ? ` at ${this.store.where}` : "";
      throw new SluiceError("store-failed", `the store${where} can only be read: no turn could be kept`);
    }
    const release = this.#gate.enter();
    try {
      await this.saveAgain();
      return release;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  /** The running turn is over, and is being stored. */
  endingTurn(): void {
    this.#gate.ending();
  }

  /** Stores a turn. One that cannot be stored is kept here, to be tried again. */
  async append(messages: StoredMessage[]): Promise<void> {
    const last = messages.at(-1);
    if (last === undefined) return;
    try {
      await this.log.append(messages, last.id);
    } catch (thrown) {
      const error = SluiceError.from(thrown, "store-failed");
      // What lost against another writer is stored as a branch.
      if (error.code !== "conflict") this.#unsaved = { messages, error };
      throw error;
    }
  }

  /** Stores a turn whose storing failed. Does nothing if there is none. */
  async saveAgain(): Promise<void> {
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return;
    this.#unsaved = undefined;
    // It may have been stored before the connection broke.
    if (!this.log.tree.has(unsaved.messages.at(-1)?.id ?? "")) await this.append(unsaved.messages);
  }

  /** What is kept of messages. None of them are, where that cannot be decided. */
  kept(messages: readonly StoredMessage[]): StoredMessage[] {
    const keep = this.#keep;
    if (keep === undefined) return [...messages];
    try {
      return messages.map((stored) => ({ ...stored, message: keep(stored.message) }));
    } catch (cause) {
      throw new SluiceError("store-failed", `keep: ${messageOf(cause)}`, { cause });
    }
  }

  /** The new messages behind a path, without the results and responses that are in it. */
  unanswered(path: readonly StoredMessage[], asked: readonly ChatMessage[]): ChatMessage[] {
    const history = path.map(({ message }) => message);
    return withoutRepeated(history, asked, this.#keep);
  }

  /** Frees the store once an interrupted turn is stored. */
  async close(): Promise<void> {
    await this.#gate.settled();
    await this.store.close();
  }
}
