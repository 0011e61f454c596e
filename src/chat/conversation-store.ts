import type { FinishReason } from "../stream/chat-event.js";
import type { JsonObject } from "../stream/json.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";

/** One message of a stored conversation. Messages form a tree: an edit or a second answer is a sibling. */
export interface StoredMessage {
  /** Unique within the conversation. */
  id: string;
  /** The message before it; `null` for the first. */
  parentId: string | null;
  message: ChatMessage;
  /** ISO 8601 with milliseconds, UTC. */
  createdAt: string;
  /** `interrupted`: the answer was stopped or failed, and this is what was said until then. */
  status: "complete" | "interrupted";
  /** Of an answer: the model that gave it. */
  model?: string;
  /** Of an answer: tokens of the whole turn. */
  usage?: Usage;
  /** Of an answer. */
  finishReason?: FinishReason;
  metadata?: JsonObject;
}

/** What a store knows of a conversation beside its messages. */
export interface ConversationRecord {
  /** The context id. */
  id: string;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
  /** Counts the appends; two writers are told apart by it. */
  version: number;
  /** The message that the conversation goes on from; `null` when it is empty. */
  head: string | null;
  /** The application's own. */
  metadata: JsonObject;
}

/** A conversation as a store gives it. Messages stand in the order in which they were appended. */
export interface StoredConversation extends ConversationRecord {
  messages: StoredMessage[];
}

/** One change: all of it is stored, or none. */
export interface Append {
  /** The version that the writer has seen; 0 creates the conversation. */
  expectedVersion: number;
  messages: readonly StoredMessage[];
  head: string | null;
  /** Replaces the metadata. Unchanged when absent. */
  metadata?: JsonObject;
}

/** Which conversations to list. */
export interface ListOptions {
  /** Default 100. */
  limit?: number;
  /** Only those that were updated before this ISO 8601 time: the last one of the page before. */
  before?: string;
}

/**
 * Where conversations are kept. Appending costs the size of the turn, not of the history. A store may be used by many
 * processes at once: of two appends that expect the same version, one wins and the other is told.
 */
export interface ConversationStore {
  /** `undefined` when there is no such conversation. */
  load(id: string): Promise<StoredConversation | undefined>;
  /**
   * Stores one change and returns the new version.
   *
   * @throws {SluiceError} `conflict` when the version is not the expected one: nothing was stored.
   */
  append(id: string, change: Append): Promise<number>;
  /** Newest first. */
  list(options?: ListOptions): Promise<ConversationRecord[]>;
  /** Whether there was such a conversation. */
  delete(id: string): Promise<boolean>;
  /** Frees connections and files. */
  close(): Promise<void>;
}
