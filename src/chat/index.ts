export type { AttachmentOptions, AttachmentSource } from "./attachments.js";
export { audio, file, image } from "./attachments.js";
export type { CompactOptions } from "./compaction-window.js";
export { compact } from "./compaction-window.js";
export { Conversation } from "./conversation.js";
export type { ConversationOptions, Reply, TurnOptions } from "./conversation-options.js";
export type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
  StoredMessage,
  StoredSummary,
  TurnTiming,
} from "./conversation-store.js";
export { Conversations } from "./conversations.js";
export type { ExportFormat } from "./export-conversation.js";
export { exportConversation } from "./export-conversation.js";
export type { ExportedConversation } from "./export-json.js";
export type { Generated } from "./generate.js";
export { generate } from "./generate.js";
export type { ImportOptions } from "./import-json.js";
export { importConversation } from "./import-json.js";
export { lastMessages } from "./last-messages-window.js";
export { object } from "./object.js";
export type { OpenStore } from "./open-store.js";
export { openStore, registerStore } from "./open-store.js";
export type { SearchHit, SearchOptions } from "./search.js";
export { searchConversations } from "./search.js";
export type { ConversationStatistics, ModelStatistics } from "./statistics.js";
export { statisticsOf } from "./statistics.js";
export type { TurnInput } from "./stored-turn.js";
export { MemoryStore } from "./stores/memory-store.js";
export type { PostgresStoreOptions } from "./stores/postgres-store.js";
export { PostgresStore } from "./stores/postgres-store.js";
export type { RedisStoreOptions } from "./stores/redis-store.js";
export { RedisStore } from "./stores/redis-store.js";
export { SqliteStore } from "./stores/sqlite-store.js";
export type { StreamOptions } from "./stream.js";
export { stream } from "./stream.js";
export type { SummariseOptions } from "./summary-window.js";
export { summarise } from "./summary-window.js";
export type { TokenBudgetOptions } from "./token-budget-window.js";
export { tokenBudget } from "./token-budget-window.js";
export type { TokenCounter } from "./token-counter.js";
export { tokenCounter } from "./token-counter.js";
export type { EarlierSummary, Window, WindowResult } from "./window.js";
export { allMessages } from "./window.js";
