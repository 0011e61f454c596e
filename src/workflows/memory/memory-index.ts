import type { JsonObject } from "../../base/json.js";

/** Something that was kept. */
export interface MemoryItem {
  /** Names it in the index. */
  id: string;
  /** The text. */
  content: string;
  /** The workflow's own data about it. */
  metadata: JsonObject;
}

/** Something that was found. */
export interface MemoryHit extends MemoryItem {
  /** How well it fits, from 0 to 1. */
  similarity: number;
}

/** What `memory_store` and `memory_retrieve` work on. */
export interface MemoryIndex {
  /** Keeps texts; returns their ids, in order. A text with an id that is known replaces what was kept under it. */
  store(items: readonly { id?: string; content: string; metadata: JsonObject }[]): Promise<string[]>;
  /** The best fitting first. `threshold` is the least similarity. */
  search(query: string, options: { limit: number; threshold?: number }): Promise<MemoryHit[]>;
}
