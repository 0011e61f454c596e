import type { JsonObject } from "../base/json.js";
import type { PriceTable } from "../models/prices/price-table.js";
import type { FinishReason } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import type { ConversationStore, StoredMessage } from "./conversation-store.js";
import type { Window } from "./window.js";

/** Settings of a conversation. */
export interface ConversationOptions {
  /** A model, or its name as `model()` takes it. */
  model: ChatModel | string;
  /** Resumes the conversation with this id, or begins it. Default: a new id. */
  contextId?: string;
  /**
   * A store, or where to find one: the path of a SQLite file, `postgres://…` or `redis://…`. Default: `conversations.db`
   * in the folder `SLUICE_DATA`; where that is not set, this process's memory.
   */
  store?: ConversationStore | string;
  /** How much the model is sent. Default: all messages. */
  window?: Window;
  /** Sent first with every turn and not stored. */
  system?: string;
  /** Sent with every turn: temperature, tools and the like. */
  request?: Omit<ChatRequest, "messages">;
  /**
   * What of a message is kept, in the store and for later turns. Default: all of it, as the user wrote and saw it, whatever
   * a guard of the model sends or was sent. `scrubMessage()` of `sluice/guards` keeps placeholders of personal data. Where it
   * throws, the turn is not kept, and its stream ends with `store-failed`.
   */
  keep?: (message: ChatMessage) => ChatMessage;
  /** What turns cost. Default: the built-in prices, with those of the file `SLUICE_PRICES` before them. */
  prices?: PriceTable;
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
  /** All of its text. */
  text: string;
  /** The stored answer: the last message of the turn. */
  message: StoredMessage;
  /** Tokens of the whole turn. */
  usage: Usage;
  /** Why the model stopped. */
  finishReason: FinishReason;
  /** In USD; absent where it is not known. */
  cost?: number;
}
