import type { JsonObject } from "../base/json.js";
import type { FinishReason } from "../stream/chat-event.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";

/** One message of a stored conversation. Messages form a tree: an edit or a second answer is a sibling. */
export interface StoredMessage {
  /** Unique within the conversation. */
  id: string;
  /** The message before it; `null` for the first. */
  parentId: string | null;
  /** The message. */
  message: ChatMessage;
  /** ISO 8601 with milliseconds, UTC. */
  createdAt: string;
  /** `interrupted`: the answer was stopped or failed, and this is the part that had arrived. */
  status: "complete" | "interrupted";
  /** The model that gave an answer. */
  model?: string;
  /** Tokens of the whole turn of an answer. */
  usage?: Usage;
  /** Of an answer. */
  finishReason?: FinishReason;
  /** The cost of the whole turn of an answer, in USD, by the prices of that time. Absent if it is not known. */
  cost?: number;
  /** How fast the turn of an answer was. */
  timing?: TurnTiming;
  /** The application's own, as it was given with the turn or the message. */
  metadata?: JsonObject;
  /** The summary of the conversation so far that was written for a turn; on its first message. */
  summary?: StoredSummary;
}

/** A summary that a window wrote. */
export interface StoredSummary {
  /** The model's words; whose it is, where it is a service's own. */
  text: string;
  /** Of a service's own: what is sent in its place. */
  messages?: readonly ChatMessage[];
  /** The id of the last message that it stands for; those before it, but for instructions, are in it, too. */
  upTo: string;
}

/** How fast a turn was, in whole ms. */
export interface TurnTiming {
  /** Until the first text, reasoning or tool input; absent where none came. */
  ttftMs?: number;
  /** Until the end of the turn. */
  durationMs: number;
}

/** What a store knows of a conversation beside its messages. */
export interface ConversationRecord {
  /** The context id. */
  id: string;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
  /** Counts the appends; finds that two writers have changed the same version. */
  version: number;
  /** The message that the conversation goes on from; `null` when it is empty. */
  head: string | null;
  /** What to call it in a list; absent until it is set, or a message gives one. */
  title?: string;
  /** The application's own. */
  metadata: JsonObject;
}

/** A conversation as a store gives it. Messages stand in the order in which they were appended. */
export interface StoredConversation extends ConversationRecord {
  /** The messages of all branches. */
  messages: StoredMessage[];
}

/** One change: all of it is stored, or none. */
export interface Append {
  /** The version that the writer has seen; 0 creates the conversation. */
  expectedVersion: number;
  /** Each after the one that it follows; may be empty. */
  messages: readonly StoredMessage[];
  /** The message that the conversation goes on from; `null` when it is empty. */
  head: string | null;
  /** Replaces the title. Unchanged when absent. */
  title?: string;
  /** Replaces the metadata. Unchanged when absent. */
  metadata?: JsonObject;
}

/** Which conversations to list. */
export interface ListOptions {
  /** How many conversations at most. Default 100. */
  limit?: number;
  /** Only those that come after this one: the last one of the page before. */
  after?: Pick<ConversationRecord, "updatedAt" | "id">;
  /** Only those whose ids begin with this. Default: all. */
  prefix?: string;
}

/**
 * Where conversations are kept. Appending costs the size of the turn, not of the history. A store may be used by many
 * processes at once: of two appends that expect the same version, one wins and the other gets error code `conflict`.
 */
export interface ConversationStore {
  /** Whether nothing can be appended: what is there can be read all the same. Default false. */
  readonly readOnly?: boolean;
  /** `undefined` when there is no such conversation. */
  load(id: string): Promise<StoredConversation | undefined>;
  /**
   * Stores one change and returns the new version.
   *
   * @throws {SluiceError} `conflict` when the version is not the expected one: nothing was stored.
   */
  append(id: string, change: Append): Promise<number>;
  /**
   * The last updated first; of those updated in the same millisecond, in an order that stays the same.
   *
   * @throws {SluiceError} `invalid-argument` for unknown options.
   */
  list(options?: ListOptions): Promise<ConversationRecord[]>;
  /** Whether there was such a conversation. */
  delete(id: string): Promise<boolean>;
  /** Frees connections and files. */
  close(): Promise<void>;
}
