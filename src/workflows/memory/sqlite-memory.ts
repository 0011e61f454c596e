import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { SqliteDriver } from "../../sqlite/sqlite-driver.js";
import { inTransaction } from "../../sqlite/sqlite-transactions.js";
import { SluiceError } from "../../stream/error.js";
import type { MemoryHit, MemoryIndex } from "./memory-index.js";
import { similarities } from "./similarities.js";
import { wordsOf } from "./words-of.js";

/** The tables: texts, and an index of their words (https://www.sqlite.org/fts5.html). */
export const MEMORY_SCHEMA = `
CREATE TABLE IF NOT EXISTS memories (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, metadata TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS memory_words USING fts5(words);
`;

interface Row {
  id: string;
  content: string;
  metadata: string;
  rank: number;
}

/** Runs something on the connection while nothing else does. */
type Alone = <T>(run: (driver: SqliteDriver) => Promise<T>) => Promise<T>;

/** Finds texts by their words (BM25) in the file of an engine, so that a run finds what another has kept. */
export class SqliteMemory implements MemoryIndex {
  readonly #alone: Alone;

  /** @param alone runs something on a connection that has the tables of `MEMORY_SCHEMA`. */
  constructor(alone: Alone) {
    this.#alone = alone;
  }

  async store(items: readonly { id?: string; content: string; metadata: JsonObject }[]): Promise<string[]> {
    const kept = items.map(({ id = uuid(), ...item }) => ({ id, ...item }));
    await this.#alone((driver) =>
      inTransaction(driver, "BEGIN IMMEDIATE", async () => {
        for (const { id, content, metadata } of kept) {
          await driver.run("DELETE FROM memory_words WHERE rowid = (SELECT seq FROM memories WHERE id = ?)", [id]);
          await driver.run("INSERT OR REPLACE INTO memories (id, content, metadata) VALUES (?, ?, ?)", [
            id,
            content,
            JSON.stringify(metadata),
          ]);
          await driver.run("INSERT INTO memory_words (rowid, words) SELECT seq, ? FROM memories WHERE id = ?", [
            wordsOf(content).join(" "),
            id,
          ]);
        }
      }),
    );
    return kept.map(({ id }) => id);
  }

  async search(query: string, { limit, threshold = 0 }: { limit: number; threshold?: number }): Promise<MemoryHit[]> {
    const words = [...new Set(wordsOf(query))].map((word) => `"${word.replaceAll('"', '""')}"`);
    if (words.length === 0) return [];
    const rows = await this.#alone((driver) =>
      driver.all<Row>(
        `SELECT id, content, metadata, -bm25(memory_words) AS rank FROM memory_words
           JOIN memories ON seq = memory_words.rowid WHERE memory_words MATCH ? ORDER BY rank DESC, seq LIMIT ?`,
        [words.join(" OR "), limit],
      ),
    );
    return similarities(
      rows.map((row) => ({ ...row, metadata: readMetadata(row) })),
      threshold,
    );
  }
}

function readMetadata({ id, metadata }: Row): JsonObject {
  try {
    const found = parseJson(metadata);
    if (isJsonObject(found)) return found;
  } catch {
    // As any other that is no object.
  }
  throw new SluiceError("store-failed", `the metadata of the memory ${id} cannot be read`);
}
