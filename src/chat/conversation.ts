import type { JsonObject } from "../base/json.js";
import { modelOf } from "../models/model-of.js";
import { cost } from "../models/prices/cost.js";
import { CostMeter } from "../models/prices/cost-meter.js";
import { defaultPrices } from "../models/prices/default-prices.js";

import { CALL_OPTIONS } from "../stream/call-options.js";

import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { anything, type Check, callable, exactly, jsonObject, string, wholeNumber } from "../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../stream/error.js";
import { innerSource } from "../stream/inner-source.js";
import type { ChatMessage } from "../stream/message.js";
import { message as checkMessage } from "../stream/validate-messages.js";
import { ConversationLog } from "./conversation-log.js";
import { conversationModel } from "./conversation-model.js";
import type { ConversationOptions, Reply, TurnOptions } from "./conversation-options.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { type ExportFormat, exportConversation } from "./export-conversation.js";
import { heardPart } from "./heard-part.js";
import { plainMetadata } from "./plain-metadata.js";
import { matches, type SearchOptions } from "./search.js";
import { type ConversationStatistics, statisticsOf } from "./statistics.js";
import { storable } from "./storable.js";
import { StoreHandle } from "./store-handle.js";
import { earlierSummary, newSummary } from "./stored-summary.js";
import { askedMessages, chain, storedTurn, type TurnBeginning, type TurnInput } from "./stored-turn.js";
import { withoutRepeated } from "./tool-answers.js";
import { TurnGate } from "./turn-gate.js";
import { type TurnEnd, turnSource } from "./turn-source.js";
import { allMessages, type Window, type WindowResult } from "./window.js";

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
  readonly #store: StoreHandle;
  readonly #log: ConversationLog;
  readonly #window: Window;
  readonly #gate = new TurnGate();
  /** A turn that could not be stored. */
  #unsaved: { messages: StoredMessage[]; error: SluiceError } | undefined;

  /**
   * @throws {SluiceError} `invalid-argument` for a context id that is blank, or that not every store could keep; for a model's
   *   name, as `model()`.
   */
  constructor(options: ConversationOptions) {
    OPTIONS(options, "");
    const { model, contextId = crypto.randomUUID(), store, window = allMessages(), system } = options;
    storable(contextId, "contextId");
    this.contextId = contextId;
    this.model = modelOf(model);
    this.system = system;
    this.#options = options;
    this.#store = new StoreHandle(store);
    this.#log = new ConversationLog(contextId, () => this.#store.open());
    this.#window = window;
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
        this.#answer(options, () => ({ parentId: this.#log.head, asked: this.#newMessages(messages) }), model),
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
    await this.#idle();
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
    const kept: StoredMessage = { ...stored, id: crypto.randomUUID(), message: heard, status: "interrupted" };
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
    await this.#ready();
    return this.#log.tree.path(this.#log.head);
  }

  /** All messages of all branches, in the order in which they came. */
  async allMessages(): Promise<StoredMessage[]> {
    await this.#ready();
    return this.#log.tree.all;
  }

  /** A message and its alternatives, oldest first. */
  async branches(messageId: string): Promise<StoredMessage[]> {
    await this.#ready();
    return this.#log.tree.siblings(messageId);
  }

  /** Goes on from another branch: from the newest message after this one. */
  async checkout(messageId: string): Promise<void> {
    await this.#idle();
    await this.#log.append([], this.#log.tree.leaf(messageId));
  }

  /**
   * Takes back the user's last message, and the answer to it: the conversation goes on from before. It stays as a branch.
   *
   * @returns the message that was taken back; `undefined` in an empty conversation.
   */
  async undo(): Promise<StoredMessage | undefined> {
    await this.#idle();
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
    await this.#idle();
    const path = this.#log.tree.path(this.#log.head);
    const [added] = this.#unanswered(path, [message]);
    const there = added === undefined ? path.findLast((one) => one.message.role === "tool") : undefined;
    if (there !== undefined) return there;
    const [stored] = this.#kept(chain(this.#log.head, [added ?? message]));
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
    await this.#ready();
    return this.#log.title;
  }

  /** @throws {SluiceError} `invalid-argument` for a title that is blank, or that not every store could keep. */
  async setTitle(title: string): Promise<void> {
    storable(title, "title");
    await this.#idle();
    await this.#log.describe({ title });
  }

  /** The application's own data about this conversation. */
  async metadata(): Promise<JsonObject> {
    await this.#ready();
    return this.#log.metadata;
  }

  /**
   * Replaces the application's own data.
   *
   * @throws {SluiceError} `invalid-argument` for what JSON cannot carry.
   */
  async setMetadata(metadata: JsonObject): Promise<void> {
    const data = plainMetadata(metadata);
    await this.#idle();
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
    await this.#ready();
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
    const inherited = { ...own, model, ...(system !== undefined && { system }), store: this.#store.where };
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
    return this.#unsaved?.error;
  }

  /**
   * Stores a turn whose storing failed. Does nothing where there is none.
   *
   * @throws {SluiceError} `store-failed` where it fails again: the turn can still be saved later.
   */
  async save(): Promise<void> {
    await this.#idle();
    await this.#saveAgain();
  }

  /** Forgets everything, in the store as well. */
  async delete(): Promise<void> {
    await this.#idle();
    await this.#log.delete();
  }

  /** Frees the file or connection, where it was opened here; a store that was given stays open. */
  async close(): Promise<void> {
    await this.#gate.settled();
    await this.#store.close();
  }

  #answer(options: TurnOptions, begin: () => TurnBeginning, model = this.model): ChatStream {
    const { metadata, request, ...call } = options;
    let release: (() => void) | undefined;
    let beginning: TurnBeginning | undefined;
    let data: JsonObject | undefined;
    const keep = async (end: TurnEnd): Promise<void> => {
      if (release === undefined) return;
      this.#gate.ending();
      // A turn that is left while it is being opened is over as soon as that has noticed.
      if (beginning === undefined) return;
      try {
        const messages = this.#kept(storedTurn(beginning, end, data));
        await this.#append(messages);
      } finally {
        release();
      }
    };
    const open = async (left: AbortSignal) => {
      release = await this.#claimTurn();
      try {
        left.throwIfAborted();
        data = metadata && plainMetadata(metadata);
        const turn = begin();
        const path = this.#log.tree.path(turn.parentId);
        const began = { ...turn, asked: this.#unanswered(path, turn.asked) };
        const { messages, covers, spent, ...window } = await this.#sent(path, began.asked, left);
        if (spent !== undefined) call.context?.budget?.spend(spent.usage, spent.model);
        left.throwIfAborted();
        const asked = { ...this.#options.request, ...request, messages };
        const opening: ChatEvent[] = [{ type: "context", contextId: this.contextId }];
        if (window.dropped > 0 || window.summaryError !== undefined)
          opening.push({ type: "data", name: "chat/window", value: { ...window } });
        const source = innerSource(model, asked, call);
        const summary = newSummary(path, window.summary, covers);
        beginning = { ...began, ...(summary && { summary }) };
        return { source, opening, ...(spent && { before: { usage: spent.usage, cost: this.#costOf(spent) } }) };
      } catch (thrown) {
        release();
        release = undefined;
        throw thrown;
      }
    };
    // Why it could not be stored is kept.
    const interrupt = (end: TurnEnd) => keep(end).catch(() => {});
    const meter = new CostMeter(model.id, this.#options.prices ?? defaultPrices());
    const source = turnSource({ open, complete: keep, interrupt }, meter);
    return new ChatStream(source, { signal: call.signal, retain: call.retain });
  }

  #costOf({ model, usage }: NonNullable<WindowResult["spent"]>): number | undefined {
    return cost(usage, model, this.#options.prices ?? defaultPrices());
  }

  /** Stores a turn. One that cannot be stored is kept here, to be tried again. */
  async #append(messages: StoredMessage[]): Promise<void> {
    const last = messages.at(-1);
    if (last === undefined) return;
    try {
      await this.#log.append(messages, last.id);
    } catch (thrown) {
      const error = SluiceError.from(thrown, "store-failed");
      // What lost against another writer is stored as a branch.
      if (error.code !== "conflict") this.#unsaved = { messages, error };
      throw error;
    }
  }

  async #saveAgain(): Promise<void> {
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return;
    this.#unsaved = undefined;
    // It may have been stored before the connection broke.
    if (!this.#log.tree.has(unsaved.messages.at(-1)?.id ?? "")) await this.#append(unsaved.messages);
  }

  /** Of messages that may be a whole history, the new ones. */
  #newMessages(messages: readonly ChatMessage[]): ChatMessage[] {
    const answer = messages.findLastIndex(({ role }) => role === "assistant");
    const known = new Set(this.#log.tree.path(this.#log.head).flatMap(({ message }) => instructionsOf(message) ?? []));
    if (this.system !== undefined) known.add(this.system);
    const unknown = messages.slice(answer + 1).filter((message) => !known.has(instructionsOf(message) ?? ""));
    if (unknown.length === 0) throw invalid("messages", messages, "a message behind the last answer");
    return unknown;
  }

  /** The new messages behind a path, without the results and responses that are in it. */
  #unanswered(path: readonly StoredMessage[], asked: readonly ChatMessage[]): ChatMessage[] {
    const history = path.map(({ message }) => message);
    return withoutRepeated(history, asked, this.#options.keep);
  }

  /** What is kept of messages. None of them are, where that cannot be decided. */
  #kept(messages: readonly StoredMessage[]): StoredMessage[] {
    const { keep } = this.#options;
    if (keep === undefined) return [...messages];
    try {
      return messages.map((stored) => ({ ...stored, message: keep(stored.message) }));
    } catch (cause) {
      throw new SluiceError("store-failed", `keep: ${messageOf(cause)}`, { cause });
    }
  }

  /** Loads the conversation, and waits until an interrupted turn is stored. */
  async #ready(): Promise<void> {
    await this.#log.load();
    await this.#gate.settled();
  }

  /** Ready for a change; refuses one while a turn runs, which would end beside it. */
  async #idle(): Promise<void> {
    await this.#ready();
    this.#gate.check();
  }

  /** Makes the caller the one running turn; returns how to say that it is over. */
  async #claimTurn(): Promise<() => void> {
    await this.#ready();
    this.#gate.check();
    const { readOnly } = await this.#store.open();
    if (readOnly) {
      const where = typeof this.#store.where === "string" ? ` at ${this.#store.where}` : "";
      throw new SluiceError("store-failed", `the store${where} can only be read: no turn could be kept`);
    }
    const release = this.#gate.enter();
    try {
      await this.#saveAgain();
      return release;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  /** What the model is sent: the conversation's instructions, and the path through the window. */
  async #sent(
    path: readonly StoredMessage[],
    asked: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<WindowResult> {
    const messages = path.map(({ message }) => message);
    if (this.system !== undefined) messages.unshift({ role: "system", content: this.system });
    messages.push(...asked);
    return this.#window(messages, signal, earlierSummary(path));
  }
}

/** The text of instructions; `undefined` for other messages. */
function instructionsOf({ role, content }: ChatMessage): string | undefined {
  return role === "system" && typeof content === "string" ? content : undefined;
}
