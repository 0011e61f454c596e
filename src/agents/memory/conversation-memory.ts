import { storeOrPlace } from "../../chat/check-store.js";
import { type CompactOptions, compact } from "../../chat/compaction-window.js";
import { Conversation } from "../../chat/conversation.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import { lastMessages } from "../../chat/last-messages-window.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import { type SummariseOptions, summarise } from "../../chat/summary-window.js";
import { allMessages, type Window } from "../../chat/window.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { callable, exactly, jsonObject, limit } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { AgentMemory } from "./agent-memory.js";

/** Settings of `conversationMemory`. */
export interface ConversationMemoryOptions {
  /** A store, or where to find one, as for a `Conversation`. Default: this process's memory. */
  store?: ConversationStore | string;
  /** How much of a session the model is sent. Default: all of it. */
  window?: Window;
  /** Sessions that are kept open at once; others are read from the store again. Default 1,000. */
  maxOpen?: number;
}

const checkOptions = exactly("conversationMemory", { store: storeOrPlace, window: callable, maxOpen: limit });

/**
 * A memory whose sessions are conversations: a turn is kept once, when it is complete; an interrupted one is kept as that; one
 * turn of a session runs at a time.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function conversationMemory(options: ConversationMemoryOptions = {}): AgentMemory {
  checkOptions(options, "");
  return new ConversationMemory(options);
}

/**
 * The newest turns of a session as they were.
 *
 * @param options `maxMessages`: how many messages the model is sent of the past. Default: all.
 * @example
 * ```ts
 * import { Agent, bufferMemory } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", memory: bufferMemory({ maxMessages: 20, store: "chats.db" }) });
 * ```
 */
export function bufferMemory(
  options: Omit<ConversationMemoryOptions, "window"> & { maxMessages?: number } = {},
): AgentMemory {
  exactly("bufferMemory", { store: storeOrPlace, maxOpen: limit, maxMessages: limit })(options, "");
  const { maxMessages = Number.POSITIVE_INFINITY, ...rest } = options;
  const window = maxMessages === Number.POSITIVE_INFINITY ? allMessages() : lastMessages(maxMessages);
  return new ConversationMemory({ ...rest, window });
}

/** The newest messages of a session, and a model's summary of those before: as `summarise` of `sluice/chat`. */
export function summaryMemory(options: Omit<ConversationMemoryOptions, "window"> & SummariseOptions): AgentMemory {
  jsonObject(options, "options");
  const { store, maxOpen, ...summary } = options;
  const rest = { ...(store !== undefined && { store }), ...(maxOpen !== undefined && { maxOpen }) };
  // What is wrong with the settings is found here, not in the first turn.
  summarise(summary);
  return conversationMemory({ ...rest, window: (...given) => summarise(summary)(...given) });
}

/**
 * Sessions as they were until they are longer than `maxTokens`; then a model's summary takes the place of the oldest turns: as
 * `compact` of `sluice/chat`.
 *
 * With `byProvider` the model's service compacts instead (OpenAI's `/responses/compact`).
 *
 * @throws {SluiceError} `invalid-argument`; `unsupported` for `byProvider` with a model whose service does not compact.
 * @example
 * ```ts
 * import { Agent, compactingMemory } from "sluice/agents";
 *
 * const memory = compactingMemory({ model: "openai/gpt-5-nano", maxTokens: 100_000, store: "chats.db" });
 * const agent = new Agent({ model: "openai/gpt-5-mini", memory });
 * ```
 */
export function compactingMemory(options: Omit<ConversationMemoryOptions, "window"> & CompactOptions): AgentMemory {
  jsonObject(options, "options");
  const { store, maxOpen, ...compaction } = options;
  const window = compact(compaction);
  return conversationMemory({
    ...(store !== undefined && { store }),
    ...(maxOpen !== undefined && { maxOpen }),
    window,
  });
}

class ConversationMemory implements AgentMemory {
  readonly #options: ConversationMemoryOptions;
  readonly #store: ConversationStore | string;
  /** Newest last. */
  readonly #open = new Map<string, Conversation>();

  constructor(options: ConversationMemoryOptions) {
    this.#options = options;
    this.#store = options.store ?? new MemoryStore();
  }

  answer(sessionId: string, messages: ChatMessage[], model: ChatModel, call: CallOptions): ChatStream {
    const conversation = this.#session(sessionId, model);
    conversation.model = model;
    return conversation.stream(messages, call);
  }

  async messages(sessionId: string): Promise<ChatMessage[]> {
    return (await this.#session(sessionId).messages()).map(({ message }) => message);
  }

  async clear(sessionId: string): Promise<void> {
    await this.#session(sessionId).delete();
    this.#open.delete(sessionId);
  }

  #session(sessionId: string, model: ChatModel = NOBODY): Conversation {
    const { window = allMessages(), maxOpen = 1_000 } = this.#options;
    const conversation =
      this.#open.get(sessionId) ?? new Conversation({ model, contextId: sessionId, store: this.#store, window });
    this.#open.delete(sessionId);
    this.#open.set(sessionId, conversation);
    const [oldest] = this.#open.keys();
    if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest);
    return conversation;
  }
}

/** Sessions that are only read have no model. */
const NOBODY: ChatModel = {
  id: "nobody",
  stream: () => {
    throw invalid("model", undefined, "a model");
  },
};
