import { uuid } from "../base/uuid.js";
import { modelOf } from "../models/model-of.js";
import { priceTable } from "../models/prices/price-table.js";
import { CALL_OPTIONS } from "../stream/call-options.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { anything, type Check, callable, exactly, jsonObject, string } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { ConversationHistory } from "./conversation-history.js";
import { ConversationKeeper } from "./conversation-keeper.js";
import type { ConversationLog } from "./conversation-log.js";
import { conversationModel, newMessages } from "./conversation-model.js";
import type { ConversationOptions, Reply, TurnOptions } from "./conversation-options.js";
import { ConversationTurn, type TurnSettings } from "./conversation-turn.js";
import { storable } from "./storable.js";
import { askedMessages, type TurnBeginning, type TurnInput } from "./stored-turn.js";
import { allMessages } from "./window.js";

const OPTIONS = exactly("a conversation", {
  model: anything,
  contextId: string,
  store: anything,
  window: callable,
  system: string,
  request: jsonObject,
  keep: callable,
  prices: priceTable,
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
export class Conversation extends ConversationHistory {
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
    const keeper = new ConversationKeeper(contextId, options);
    super(keeper);
    this.contextId = contextId;
    this.model = modelOf(model);
    this.system = system;
    this.#options = options;
    this.#keeper = keeper;
    this.#log = keeper.log;
    this.#turns = { ...options, contextId, window, system: () => this.system };
  }

  /** Sends a message and waits for the whole answer. */
  async send(input: TurnInput, options: TurnOptions = {}): Promise<Reply> {
    const stream = this.stream(input, options);
    const finishReason = await stream.finishReason;
    const message = this.#log.tree.get(this.#log.head ?? "");
    const { cost } = message;
    const [text, usage] = await Promise.all([stream.fullText, stream.usage]);
    return { text, message, usage, finishReason, ...(cost !== undefined && { cost }) };
  }

  /**
   * Sends a message and streams the answer. The turn begins when the stream is first read.
   *
   * The stream fails with `conflict` when another turn of this object is running, or when another writer changed the
   * conversation meanwhile; its messages are then kept as a branch beside the other's.
   */
  stream(input: TurnInput, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => ({ parentId: this.#log.head, asked: askedMessages(input) }));
  }

  /**
   * The conversation as a chat model, for whatever takes one: a server, a tool loop, a voice. Each request is a
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

  /** Sends another message in place of an earlier one of the user; the old one stays as a branch. */
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

  #answer(options: TurnOptions, begin: () => TurnBeginning, model = this.model): ChatStream {
    TURN(options, "");
    return new ConversationTurn(this.#keeper, this.#turns, model, options, begin).stream();
  }
}
