import type { JsonObject } from "../base/json.js";
import { uuid } from "../base/uuid.js";
import { wholeNumber } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { message as checkMessage } from "../stream/validate-messages.js";
import type { ConversationKeeper } from "./conversation-keeper.js";
import type { ConversationLog } from "./conversation-log.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { type ExportFormat, exportConversation } from "./export-conversation.js";
import { heardPart } from "./heard-part.js";
import { plainMetadata } from "./plain-metadata.js";
import { checkSearch, matches, type SearchOptions } from "./search.js";
import { type ConversationStatistics, statisticsOf } from "./statistics.js";
import { storable } from "./storable.js";
import { chain } from "./stored-turn.js";

/** A conversation as it is stored: its messages and branches, and what is known of it. What asks no model is here. */
export class ConversationHistory {
  readonly #keeper: ConversationKeeper;
  readonly #log: ConversationLog;

  /** @param keeper keeps it in step with its store. */
  constructor(keeper: ConversationKeeper) {
    this.#keeper = keeper;
    this.#log = keeper.log;
  }

  /** The messages from the first to the head. */
  async messages(): Promise<StoredMessage[]> {
    await this.#keeper.ready();
    return this.#log.tree.path(this.#log.head);
  }

  /** All messages of all branches, in the order in which they came. */
  async allMessages(): Promise<StoredMessage[]> {
    await this.#keeper.ready();
    return this.#log.tree.all;
  }

  /** A message and its alternatives, oldest first. */
  async branches(messageId: string): Promise<StoredMessage[]> {
    await this.#keeper.ready();
    return this.#log.tree.siblings(messageId);
  }

  /** Goes on from another branch: from the newest message after this one. @throws {SluiceError} `invalid-argument` for an unknown id. */
  async checkout(messageId: string): Promise<void> {
    await this.#keeper.idle();
    await this.#log.append([], this.#log.tree.leaf(messageId));
  }

  /**
   * Takes back the user's last message, and the answer to it: the conversation goes on from before. It stays as a branch.
   *
   * @returns the message that was taken back; `undefined` in an empty conversation.
   */
  async undo(): Promise<StoredMessage | undefined> {
    await this.#keeper.idle();
    const last = this.#log.tree.path(this.#log.head).findLast(({ message }) => message.role === "user");
    if (last !== undefined) await this.#log.append([], last.parentId);
    return last;
  }

  /**
   * Adds a message without asking the model, such as a greeting, or one from elsewhere. Results of tools and answers of
   * people that are there already are not added again.
   *
   * @throws {SluiceError} `invalid-argument` for what is no message, for metadata that JSON cannot carry, and for a result or
   *   response to what the last answer of the current branch did not call or ask, or that was answered otherwise.
   */
  async add(message: ChatMessage, metadata?: JsonObject): Promise<StoredMessage> {
    checkMessage(message, "message");
    const data = metadata && plainMetadata(metadata);
    await this.#keeper.idle();
    const path = this.#log.tree.path(this.#log.head);
    const [added] = this.#keeper.unanswered(path, [message]);
    const there = added === undefined ? path.findLast((one) => one.message.role === "tool") : undefined;
    if (there !== undefined) return there;
    const [stored] = this.#keeper.kept(chain(this.#log.head, [added ?? message]));
    if (stored === undefined) throw new SluiceError("protocol", "a chain of one message is empty");
    if (data !== undefined) stored.metadata = data;
    await this.#log.append([stored], stored.id);
    return stored;
  }

  /** Adds instructions from here on; unlike `system` they are stored. */
  addSystemMessage(content: string, metadata?: JsonObject): Promise<StoredMessage> {
    return this.add({ role: "system", content }, metadata);
  }

  /**
   * The messages that contain `query`, in any case; an empty one finds all. By default those of the current branch, in
   * their order.
   */
  async search(query: string, options: SearchOptions = {}): Promise<StoredMessage[]> {
    checkSearch(query, options);
    const messages = await (options.branches === "all" ? this.allMessages() : this.messages());
    return messages.filter(matches(query, options));
  }

  /** What to call it in a list; by default the first line of the user's first message. */
  async title(): Promise<string | undefined> {
    await this.#keeper.ready();
    return this.#log.title;
  }

  /** @throws {SluiceError} `invalid-argument` for a title that is blank, or that not every store could keep. */
  async setTitle(title: string): Promise<void> {
    storable(title, "title");
    await this.#keeper.idle();
    await this.#log.describe({ title });
  }

  /** The application's own data about this conversation. */
  async metadata(): Promise<JsonObject> {
    await this.#keeper.ready();
    return this.#log.metadata;
  }

  /**
   * Replaces the application's own data.
   *
   * @throws {SluiceError} `invalid-argument` for what JSON cannot carry.
   */
  async setMetadata(metadata: JsonObject): Promise<void> {
    const data = plainMetadata(metadata);
    await this.#keeper.idle();
    await this.#log.describe({ metadata: data });
  }

  /** Messages, tokens, costs and durations, over all branches. */
  async statistics(): Promise<ConversationStatistics> {
    return statisticsOf(await this.snapshot());
  }

  /** What all turns of all branches cost, in USD; `undefined` where that of one is not known. */
  async cost(): Promise<number | undefined> {
    return (await this.statistics()).cost;
  }

  /** The conversation as text: `json` with everything, for `Conversations.import`; `text` and `markdown` for people. */
  async export(format: ExportFormat): Promise<string> {
    return exportConversation(await this.snapshot(), format);
  }

  /** Everything that is known of this conversation. */
  async snapshot(): Promise<StoredConversation> {
    await this.#keeper.ready();
    return this.#log.stored;
  }

  /**
   * Takes note that only the beginning of an answer was heard, because its reader was interrupted: it goes on from there, and
   * the whole answer stays as a branch. An answer of which nothing was heard is left out.
   *
   * @param messageId of the last answer.
   * @param chars how much of its text was heard, in UTF-16 code units.
   * @returns the answer as it stands now; `undefined` where nothing of it was heard.
   * @throws {SluiceError} `invalid-argument` for another message, or one that has messages after it.
   */
  async heard(messageId: string, chars: number): Promise<StoredMessage | undefined> {
    wholeNumber(0)(chars, "chars");
    await this.#keeper.idle();
    const { tree, head } = this.#log;
    const stored = tree.get(messageId);
    const { message, parentId } = stored;
    const turn = tree.path(head);
    const at = turn.findIndex(({ id }) => id === messageId);
    if (message.role !== "assistant" || at === -1 || turn.slice(at).some((later) => later.message.role === "user")) {
      throw invalid("messageId", messageId, "the id of the last answer, with no message behind it");
    }
    const heard = heardPart(message, chars);
    if (heard === message) return stored;
    if (heard === undefined) {
      await this.#log.append([], parentId);
      return undefined;
    }
    const kept: StoredMessage = { ...stored, id: uuid(), message: heard, status: "interrupted" };
    await this.#log.append([kept], kept.id);
    return kept;
  }

  /** Why the last turn could not be stored; `undefined` where it was. `save()` tries again, and so does the next turn. */
  get unsaved(): SluiceError | undefined {
    return this.#keeper.unsaved;
  }

  /**
   * Stores a turn whose storing failed. Does nothing if there is none.
   *
   * @throws {SluiceError} `store-failed` where it fails again: the turn can still be saved later.
   */
  async save(): Promise<void> {
    await this.#keeper.idle();
    await this.#keeper.saveAgain();
  }

  /** Forgets everything, in the store as well. */
  async delete(): Promise<void> {
    await this.#keeper.idle();
    await this.#log.delete();
  }

  /** Frees the file or connection, where it was opened here; a store that was given stays open. */
  async close(): Promise<void> {
    await this.#keeper.close();
  }
}
