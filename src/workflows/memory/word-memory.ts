import type { JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { between, exactly, list, string, wholeNumber, withFields } from "../../stream/checks.js";
import type { MemoryHit, MemoryIndex, MemoryItem } from "./memory-index.js";
import { similarities } from "./similarities.js";
import { wordsOf } from "./words-of.js";

interface Entry extends MemoryItem {
  counts: ReadonlyMap<string, number>;
  length: number;
}

const ITEMS = list(
  "an array of items",
  withFields("an item with content and metadata", { content: { required: string } }),
);
const SEARCH = exactly("a search", { limit: { required: wholeNumber(0) }, threshold: between(0, 1) });

/** Constants of BM25 (Robertson and Zaragoza, 2009). */
const K1 = 1.2;
const B = 0.75;

/**
 * Finds texts by their words (BM25), in this process's memory. `similarity` is relative: the best fitting text has 1, and a
 * text that shares no word with the query is not found.
 */
export class WordMemory implements MemoryIndex {
  readonly #entries = new Map<string, Entry>();
  /** How many texts have a word. */
  readonly #spread = new Map<string, number>();
  #words = 0;

  async store(items: readonly { id?: string; content: string; metadata: JsonObject }[]): Promise<string[]> {
    ITEMS(items, "items");
    return items.map(({ id = uuid(), content, metadata }) => {
      this.#forget(id);
      const words = wordsOf(content);
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of counts.keys()) this.#spread.set(word, (this.#spread.get(word) ?? 0) + 1);
      this.#words += words.length;
      this.#entries.set(id, { id, content, metadata, counts, length: words.length });
      return id;
    });
  }

  async search(query: string, options: { limit: number; threshold?: number }): Promise<MemoryHit[]> {
    string(query, "query");
    SEARCH(options, "");
    const { limit, threshold = 0 } = options;
    const wanted = [...new Set(wordsOf(query))];
    const scored = [...this.#entries.values()]
      .map((entry) => ({ entry, score: this.#score(entry, wanted) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    return similarities(
      scored.slice(0, limit).map(({ entry, score }) => ({ ...entry, rank: score })),
      threshold,
    );
  }

  #score({ counts, length }: Entry, wanted: readonly string[]): number {
    const usual = this.#words / this.#entries.size;
    let score = 0;
    for (const word of wanted) {
      const count = counts.get(word) ?? 0;
      if (count === 0) continue;
      const spread = this.#spread.get(word) ?? 0;
      const rarity = Math.log(1 + (this.#entries.size - spread + 0.5) / (spread + 0.5));
      score += (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / usual));
    }
    return score;
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#words -= entry.length;
    for (const word of entry.counts.keys()) this.#spread.set(word, (this.#spread.get(word) ?? 1) - 1);
  }
}
