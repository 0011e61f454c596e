import type { ChatEvent, FinishReason } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { JsonObject } from "../stream/json.js";
import type { ChatMessage, FilePart, TextPart, ToolMessage, UserMessage } from "../stream/message.js";
import { textOf } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import type { ConversationStore, StoredConversation, StoredMessage } from "./conversation-store.js";
import { withoutDanglingCalls } from "./dangling-calls.js";
import { MessageTree } from "./message-tree.js";
import { MemoryStore } from "./stores/memory-store.js";
import { type TurnEnd, TurnSource } from "./turn-source.js";
import { allMessages, type Window, type WindowResult } from "./window.js";

/** Settings of a conversation. */
export interface ConversationOptions {
  model: ChatModel;
  /** Resumes the conversation with this id, or begins it. Default: a new id. */
  contextId?: string;
  /** Default: a store in this process's memory. */
  store?: ConversationStore;
  /** How much the model is sent. Default: all messages. */
  window?: Window;
  /** Sent first with every turn and not stored. */
  system?: string;
  /** Sent with every turn: temperature, tools and the like. */
  request?: Omit<ChatRequest, "messages">;
}

/** Settings of one turn. */
export interface TurnOptions extends CallOptions {
  /** Stored with the user's message. */
  metadata?: JsonObject;
  /** Sent with this turn; wins over the conversation's. */
  request?: Omit<ChatRequest, "messages">;
}

/** A whole answer of a conversation. */
export interface Reply {
  text: string;
  /** The stored answer: the last message of the turn. */
  message: StoredMessage;
  usage: Usage;
  finishReason: FinishReason;
}

/** What a turn can begin with: text, text and files, or the results of tools that the last answer called. */
export type TurnInput = string | (TextPart | FilePart)[] | ToolMessage;

/**
 * A conversation with a model: it remembers, and it can be resumed by its context id from any process that has the same
 * store. Messages form a tree; the path from the first message to the head is what the model is sent, through a window.
 *
 * A turn (what the user said, the answer, tool calls and results between them) is stored once, when it is complete, before
 * its reader sees `finish`. A turn that was stopped or failed after something was said is stored as `interrupted`.
 */
export class Conversation {
  readonly contextId: string;
  readonly #options: ConversationOptions;
  readonly #store: ConversationStore;
  readonly #window: Window;
  #tree = new MessageTree();
  #head: string | null = null;
  #version = 0;
  #metadata: JsonObject = {};
  #loaded: Promise<void> | undefined;
  /** Set while a turn runs, and until what it said is stored. */
  #turn: { ending: boolean; over: Promise<void> } | undefined;
  /** Why an interrupted turn could not be stored; the next turn is told. */
  #unsaved: SluiceError | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.contextId = options.contextId ?? crypto.randomUUID();
    if (this.contextId === "") throw invalid("contextId", this.contextId, "a text that is not empty");
    this.#store = options.store ?? new MemoryStore();
    this.#window = options.window ?? allMessages();
  }

  /** Says something and waits for the whole answer. */
  async send(input: TurnInput, options: TurnOptions = {}): Promise<Reply> {
    const stream = this.stream(input, options);
    const finishReason = await stream.finishReason;
    const message = this.#tree.get(this.#head ?? "");
    return { text: await stream.fullText, message, usage: await stream.usage, finishReason };
  }

  /**
   * Says something and streams the answer. The turn begins when the stream is first read.
   *
   * The stream fails with `conflict` when another turn of this object is running, or when another writer changed the
   * conversation meanwhile; what was said is then kept as a branch beside the other's.
   */
  stream(input: TurnInput, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => ({ parentId: this.#head, user: userMessage(input) }));
  }

  /** Says something else in place of an earlier message of the user; the old one stays as a branch. */
  edit(messageId: string, input: TurnInput, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => {
      const { message, parentId } = this.#tree.get(messageId);
      if (message.role !== "user") throw invalid("messageId", messageId, "the id of a message of the user");
      return { parentId, user: userMessage(input) };
    });
  }

  /** Asks for another answer to the same message; the old one stays as a branch. Default: the last answer. */
  regenerate(messageId?: string, options: TurnOptions = {}): ChatStream {
    return this.#answer(options, () => {
      const path = this.#tree.path(messageId ?? this.#head);
      const question = path.findLast((message) => message.message.role === "user");
      if (question === undefined) throw invalid("messageId", messageId, "an answer to a message of the user");
      return { parentId: question.id };
    });
  }

  /** The messages from the first to the head. */
  async messages(): Promise<StoredMessage[]> {
    await this.#ready();
    return this.#tree.path(this.#head);
  }

  /** All messages of all branches, in the order in which they came. */
  async allMessages(): Promise<StoredMessage[]> {
    await this.#ready();
    return this.#tree.all;
  }

  /** A message and its alternatives, oldest first. */
  async branches(messageId: string): Promise<StoredMessage[]> {
    await this.#ready();
    return this.#tree.siblings(messageId);
  }

  /** Goes on from another branch: from the newest message after this one. */
  async checkout(messageId: string): Promise<void> {
    await this.#ready();
    await this.#append([], this.#tree.leaf(messageId));
  }

  /** Adds instructions from here on; unlike `system` they are stored. */
  async addSystemMessage(content: string, metadata?: JsonObject): Promise<StoredMessage> {
    await this.#ready();
    const [message] = chain(this.#head, [{ role: "system", content }]);
    if (message === undefined) throw new SluiceError("protocol", "a chain of one message is empty");
    if (metadata !== undefined) message.metadata = metadata;
    await this.#append([message], message.id);
    return message;
  }

  /** The messages of the current branch that contain `query`, in any case. */
  async search(query: string, options: { role?: ChatMessage["role"] } = {}): Promise<StoredMessage[]> {
    const wanted = query.toLowerCase();
    return (await this.messages()).filter(
      ({ message }) =>
        (options.role === undefined || message.role === options.role) && textOf(message).toLowerCase().includes(wanted),
    );
  }

  /** The application's own data about this conversation. */
  async metadata(): Promise<JsonObject> {
    await this.#ready();
    return structuredClone(this.#metadata);
  }

  /** Replaces the application's own data. */
  async setMetadata(metadata: JsonObject): Promise<void> {
    await this.#ready();
    this.#version = await this.#store.append(this.contextId, {
      expectedVersion: this.#version,
      messages: [],
      head: this.#head,
      metadata,
    });
    this.#metadata = structuredClone(metadata);
  }

  /** Everything that is known of this conversation, for exports. */
  async snapshot(): Promise<StoredConversation> {
    await this.#ready();
    const all = this.#tree.all;
    const createdAt = all[0]?.createdAt ?? new Date().toISOString();
    return {
      id: this.contextId,
      createdAt,
      updatedAt: all.at(-1)?.createdAt ?? createdAt,
      version: this.#version,
      head: this.#head,
      metadata: structuredClone(this.#metadata),
      messages: structuredClone(all),
    };
  }

  /** A new conversation that begins with this one's current branch. */
  async fork(options: Partial<ConversationOptions> = {}): Promise<Conversation> {
    const { contextId: _, ...own } = this.#options;
    const fork = new Conversation({ ...own, store: this.#store, ...options });
    await fork.#ready();
    await fork.#append(await this.messages(), this.#head);
    return fork;
  }

  /** Forgets everything, in the store as well. */
  async delete(): Promise<void> {
    await this.#store.delete(this.contextId);
    this.#adopt(undefined);
  }

  #answer(options: TurnOptions, begin: () => Beginning): ChatStream {
    const { metadata, request, ...call } = options;
    let turn: { beginning: Beginning; release: () => void } | undefined;
    const keep = async (end: TurnEnd): Promise<void> => {
      if (turn === undefined) return;
      try {
        await this.#keep(turn.beginning, end, metadata);
      } finally {
        turn.release();
      }
    };
    const source = new TurnSource({
      open: async () => {
        const release = await this.#claimTurn();
        try {
          const beginning = begin();
          const { messages, ...window } = await this.#sent(beginning, call.signal);
          const asked = { ...this.#options.request, ...request, messages };
          const opening: ChatEvent[] = [{ type: "context", contextId: this.contextId }];
          if (window.dropped > 0) opening.push({ type: "data", name: "window", value: { ...window } });
          const { signal: _, ...inner } = call;
          const claim = this.#options.model.stream(asked, { ...inner, retain: false }).batches();
          turn = { beginning, release };
          return { claim, opening };
        } catch (thrown) {
          release();
          throw thrown;
        }
      },
      complete: keep,
      interrupt: (end) =>
        keep(end).catch((thrown) => {
          this.#unsaved = SluiceError.from(thrown, "store-failed");
        }),
    });
    return new ChatStream(source, { signal: call.signal, retain: call.retain });
  }

  /** Loads the conversation, and waits until what an interrupted turn said is stored. */
  async #ready(): Promise<void> {
    this.#loaded ??= this.#store.load(this.contextId).then((stored) => this.#adopt(stored));
    await this.#loaded;
    if (this.#turn?.ending) await this.#turn.over;
  }

  /** Makes the caller the one running turn; returns how to say that it is over. */
  async #claimTurn(): Promise<() => void> {
    await this.#ready();
    const unsaved = this.#unsaved;
    this.#unsaved = undefined;
    if (unsaved !== undefined) throw unsaved;
    if (this.#turn !== undefined) {
      throw new SluiceError(
        "conflict",
        "a turn of this conversation is running: wait for it, or open another Conversation",
      );
    }
    let over = () => {};
    const turn = { ending: false, over: new Promise<void>((resolve) => (over = resolve)) };
    this.#turn = turn;
    return () => {
      this.#turn = undefined;
      over();
    };
  }

  /** What the model is sent: the conversation's instructions, and the path through the window. */
  async #sent({ parentId, user }: Beginning, signal: AbortSignal | undefined): Promise<WindowResult> {
    const { system } = this.#options;
    const path = this.#tree.path(parentId).map(({ message }) => message);
    const messages = withoutDanglingCalls(user === undefined ? path : [...path, user]);
    if (system !== undefined) messages.unshift({ role: "system", content: system });
    return this.#window(messages, signal);
  }

  /** Stores a turn that is over. One that said nothing is not kept. */
  async #keep({ parentId, user }: Beginning, end: TurnEnd, metadata: JsonObject | undefined): Promise<void> {
    if (this.#turn !== undefined) this.#turn.ending = true;
    const { finish, messages, usage, model } = end;
    if (finish === undefined && messages.length === 0) return;
    const status = finish === undefined ? "interrupted" : "complete";
    const stored = chain(parentId, user === undefined ? messages : [user, ...messages]);
    const [first] = stored;
    const answer = stored.at(-1);
    if (first !== undefined && user !== undefined && metadata !== undefined) first.metadata = metadata;
    for (const message of stored) if (message.message !== user) message.status = status;
    if (answer !== undefined && answer !== first) {
      Object.assign(answer, { usage }, model && { model }, finish && { finishReason: finish.reason });
    }
    await this.#append(stored, answer?.id ?? parentId);
  }

  async #append(messages: readonly StoredMessage[], head: string | null): Promise<void> {
    try {
      this.#version = await this.#store.append(this.contextId, { expectedVersion: this.#version, messages, head });
    } catch (thrown) {
      const error = SluiceError.from(thrown, "store-failed");
      if (error.code === "conflict" && messages.length > 0) await this.#appendAsBranch(messages);
      throw error;
    }
    for (const message of messages) this.#tree.add(message);
    this.#head = head;
  }

  /** Another writer was first: its head stands, and what this one has said is kept beside it. */
  async #appendAsBranch(messages: readonly StoredMessage[]): Promise<void> {
    for (;;) {
      this.#adopt(await this.#store.load(this.contextId));
      const known = messages[0]?.parentId ?? null;
      // The other writer deleted the conversation: there is nothing to branch from.
      if (known !== null && !this.#tree.has(known)) return;
      try {
        const change = { expectedVersion: this.#version, messages, head: this.#head ?? messages.at(-1)?.id ?? null };
        this.#version = await this.#store.append(this.contextId, change);
        for (const message of messages) this.#tree.add(message);
        return;
      } catch (thrown) {
        if (SluiceError.from(thrown, "store-failed").code !== "conflict") throw thrown;
      }
    }
  }

  #adopt(stored: StoredConversation | undefined): void {
    this.#tree = new MessageTree(stored?.messages);
    this.#head = stored?.head ?? null;
    this.#version = stored?.version ?? 0;
    this.#metadata = stored?.metadata ?? {};
  }
}

/** Where a turn begins: after which message, and with what the user says, unless an old message is answered again. */
interface Beginning {
  parentId: string | null;
  user?: UserMessage | ToolMessage;
}

function userMessage(input: TurnInput): UserMessage | ToolMessage {
  if (typeof input === "object" && "role" in input) return input;
  if (input.length === 0) throw invalid("input", input, "a text or parts, not empty");
  return { role: "user", content: input };
}

/** Messages with ids, each following the one before. */
function chain(parentId: string | null, messages: readonly ChatMessage[]): StoredMessage[] {
  const createdAt = new Date().toISOString();
  let parent = parentId;
  return messages.map((message) => {
    const stored: StoredMessage = { id: crypto.randomUUID(), parentId: parent, message, createdAt, status: "complete" };
    parent = stored.id;
    return stored;
  });
}
