import type { Pool } from "pg";
import type { JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { MemoryHit, MemoryIndex, MemoryItem } from "./memory-index.js";
import { similarities } from "./similarities.js";
import { wordsOf } from "./words-of.js";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sluice_memories (
  seq bigserial PRIMARY KEY, id text NOT NULL UNIQUE, content text NOT NULL, metadata json NOT NULL, words tsvector NOT NULL
);
CREATE INDEX IF NOT EXISTS sluice_memories_by_word ON sluice_memories USING gin (words);
`;

/** Taken while the table is made, so that two processes that start together do not make it twice. */
const SCHEMA_LOCK = 0x51_01d0;
/** Ms until the server must have answered. */
const TIMEOUT_MS = 30_000;

/** Finds texts by their words in PostgreSQL, in the table `sluice_memories`, so that a run finds what another has kept. */
export class PostgresMemory implements MemoryIndex {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @throws {SluiceError} `store-failed`; `unsupported` when the package `pg` is not installed. */
  static async open(url: string): Promise<PostgresMemory> {
    const { default: pg } = await loadPeer("pg", "memory in PostgreSQL");
    const limits = { connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
    const pool = new pg.Pool({ connectionString: url, allowExitOnIdle: true, max: 4, ...limits });
    // A connection that breaks while idle is replaced at the next query, which reports what is wrong.
    pool.on("error", () => {});
    const memory = new PostgresMemory(pool);
    try {
      await memory.#query(`BEGIN; SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}); ${SCHEMA} COMMIT;`, undefined);
      return memory;
    } catch (thrown) {
      await memory.close();
      throw thrown;
    }
  }

  async store(items: readonly { id?: string; content: string; metadata: JsonObject }[]): Promise<string[]> {
    const ids: string[] = [];
    for (const { id = uuid(), content, metadata } of items) {
      await this.#query(
        `INSERT INTO sluice_memories (id, content, metadata, words) VALUES ($1, $2, $3, to_tsvector('simple', $4))
           ON CONFLICT (id) DO UPDATE SET content = $2, metadata = $3, words = to_tsvector('simple', $4)`,
        [id, content, JSON.stringify(metadata), wordsOf(content).join(" ")],
      );
      ids.push(id);
    }
    return ids;
  }

  async search(query: string, { limit, threshold = 0 }: { limit: number; threshold?: number }): Promise<MemoryHit[]> {
    const words = [...new Set(wordsOf(query))].map((word) => `'${word.replaceAll(/['\\]/g, "")}'`);
    if (words.length === 0) return [];
    const found = await this.#query<MemoryItem & { rank: number }>(
      `SELECT id, content, metadata, ts_rank(words, query, 1) AS rank FROM sluice_memories, to_tsquery('simple', $1) query
         WHERE words @@ query ORDER BY rank DESC, seq LIMIT $2`,
      [words.join(" | "), limit],
    );
    return similarities(found, threshold);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #query<Row extends object>(sql: string, values: unknown[] | undefined): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(sql, values)).rows;
    } catch (cause) {
      throw new SluiceError("store-failed", `memory in PostgreSQL: ${messageOf(cause)}`, { cause, retryable: true });
    }
  }
}
