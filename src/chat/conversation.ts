import type { JsonObject } from "../base/json.js";
import { uuid } from "../base/uuid.js";
import { modelOf } from "../models/model-of.js";
import { CALL_OPTIONS } from "../stream/call-options.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { anything, type Check, callable, exactly, jsonObject, string, wholeNumber } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { message as checkMessage } from "../stream/validate-messages.js";
import { ConversationKeeper } from "./conversation-keeper.js";
import type { ConversationLog } from "./conversation-log.js";
import { conversationModel, newMessages } from "./conversation-model.js";
import type { ConversationOptions, Reply, TurnOptions } from "./conversation-options.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { ConversationTurn, type TurnSettings } from "./conversation-turn.js";
import { type ExportFormat, exportConversation } from "./export-conversation.js";
import { heardPart } from "./heard-part.js";
import { plainMetadata } from "./plain-metadata.js";
import { matches, type SearchOptions } from "./search.js";
import { type ConversationStatistics, statisticsOf } from "./statistics.js";
import { storable } from "./storable.js";
import { askedMessages, chain, type TurnBeginning, type TurnInput } from "./stored-turn.js";
import { allMessages } from "./window.js";

const OPTIONS = exactly("a conversation", {
  model: anything,
  contextId: string,
  store: anything,
  window: callable,
  system: string,
  request: jsonObject,
  keep: callable,
  prices: anything,
} satisfies Record<keyof ConversationOptions, Check>);

const TURN = exactly("a turn", {
  ...CALL_OPTIONS,
  metadata: jsonObject,
  request: jsonObject,
} satisfies Record<keyof TurnOptions, Check>);

/**
 * A conversation with a model: it remembers, and it can be resumed by its context id from any process that has the same
 * store. Messages form a tree; the path from the first message to the head is what the model is sent, through a window.
 *
 * A turn (the user's message, the answer, tool calls and results between them) is stored once, when it is complete, before
 * its reader sees `finish`. A turn that was stopped or failed after its first output is stored as `interrupted`.
 * @example
 * ```ts
 * import { Conversation } from "sluice";
 *
 * const talk = new Conversation({ model: "openai/gpt-5-mini", contextId: "anna", store: "conversations.db" });
 * for await (const text of talk.stream("My name is Anna.").text) process.stdout.write(text);
 * const { text } = await talk.send("What is my name?");
 * await talk.close();
 * ```
 */
export class Conversation {
  /** What resumes it, here or in another process. */
  readonly contextId: string;
  /** Answers from the next turn on. */
  model: ChatModel;
  /** Sent first from the next turn on, and not stored; `undefined` for none. */
  system: string | undefined;
  readonly #options: ConversationOptions;
  readonly #keeper: ConversationKeeper;
  readonly #log: ConversationLog;
  readonly #turns: TurnSettings;

  /**
   * @throws {SluiceError} `invalid-argument` for a context id that is blank, or that not every store could keep; for a model's
   *   name, as `model()`.
   */
  constructor(options: ConversationOptions) {
    OPTIONS(options, "");
    const { model, contextId = uuid(), window = allMessages(), system } = options;
    storable(contextId, "contextId");
    this.contextId = contextId;
    this.model = modelOf(model);
    this.system = system;
    this.#options = options;
    this.#keeper = new ConversationKeeper(contextId, options);
    this.#log = this.#keeper.log;
    this.#turns = { ...options, contextId, window, system: () => this.system };
  }

  /** Says something and waits for the whole answer. */
  async send(input: TurnInput, options: TurnOptions = {}): Promise<Reply> {
    const stream = this.stream(input, options);
    const finishReason = await stream.finishReason;
    const message = this.#log.tree.get(this.#log.head ?? "");
    const { cost } = message;
    const [text, usage] = await Promise.all([stream.fullText, stream.usage]);
    return { text, message, usage, finishReason, ...(cost !== undefined && { cost }) };
  }

  /**
   * Says something and streams the answer. The turn begins when the stream is first read.
   *
   * The stream fails with `conflict` when another turn of this object is running, or when another writer changed the
   * conversation meanwhile; its messages are then kept as a branch beside the other's.
   */
  stream(input: TurnInput, options: TurnOptions = {}): ChatStream {
    TURN(options, "");
    return this.#answer(options, () => ({ parentId: this.#log.head, asked: askedMessages(input) }));
  }

  /**
   * The conversation as a chat model, for whatever takes one: a server, a tool loop's neighbour, a voice. Each request is a
   * turn: what stands behind the last answer in its messages is new, what comes before is known from the conversation.
   */
  asModel(): ChatModel {
    return conversationModel(
      () => this.model,
      (model, messages, options) =>
        this.#answer(
          options,
          () => ({
            parentId: this.#log.head,
            asked: newMessages(messages, this.#log.tree.path(this.#log.head), this.system),
          }),
          model,
        ),
    );
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

  /** Says something else in place of an earlier message of the user; the old one stays as a branch. */
  edit(messageId: string, input: TurnInput, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => {
      const { message, parentId } = this.#log.tree.get(messageId);
      if (message.role !== "user") throw invalid("messageId", messageId, "the id of a message of the user");
      return { parentId, asked: askedMessages(input) };
    });
  }

  /** Asks for another answer to the messages before it; the old one stays as a branch. Default: the last answer. */
  regenerate(messageId?: string, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => {
      const path = this.#log.tree.path(messageId ?? this.#log.head);
      const question = path.findLastIndex(({ message }) => message.role === "user");
      if (question === -1) throw invalid("messageId", messageId, "an answer to a message of the user");
      // Instructions may have come with the question.
      const answer = path.findIndex(({ message }, index) => index > question && message.role !== "system");
      return { parentId: path.at(answer === -1 ? -1 : answer - 1)?.id ?? null, asked: [] };
    });
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

  /** Goes on from another branch: from the newest message after this one. */
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
   * A new conversation that begins with this one's current branch.
   *
   * @throws {SluiceError} `conflict` when the store has a conversation with the context id of the options.
   */
  async fork(options: Partial<ConversationOptions> = {}): Promise<Conversation> {
    const { contextId: _, system: __, ...own } = this.#options;
    const { model, system } = this;
    const inherited = { ...own, model, ...(system !== undefined && { system }), store: this.#keeper.store.where };
    const fork = new Conversation({ ...inherited, ...options });
    if ((await fork.snapshot()).version > 0) {
      throw new SluiceError("conflict", `there is a conversation ${JSON.stringify(fork.contextId)}`, {
        field: "contextId",
      });
    }
    await fork.#log.append(await this.messages(), this.#log.head);
    return fork;
  }

  /** Why the last turn could not be stored; `undefined` where it was. `save()` tries again, and so does the next turn. */
  get unsaved(): SluiceError | undefined {
    return this.#keeper.unsaved;
  }

  /**
   * Stores a turn whose storing failed. Does nothing where there is none.
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

  #answer(options: TurnOptions, begin: () => TurnBeginning, model = this.model): ChatStream {
    return new ConversationTurn(this.#keeper, this.#turns, model, options, begin).stream();
  }
}
