import type { Pool, PoolClient } from "pg";
import { type Check, exactly, filledString, milliseconds } from "../../../stream/checks.js";
import { messageOf, SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";
import type { Fact, FactQuery, FactStore, FoundFact, NewFact } from "./fact-store.js";
import { fused } from "./fused.js";
import { words } from "./words.js";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sluice_facts (
  seq bigserial PRIMARY KEY, scope text NOT NULL, id text NOT NULL, text text NOT NULL, at timestamptz NOT NULL, by text,
  words tsvector NOT NULL, vector double precision[], UNIQUE (scope, id)
);
CREATE INDEX IF NOT EXISTS sluice_facts_by_word ON sluice_facts USING gin (words);
`;

/** Taken while the table is made, so that two processes that start together do not make it twice. */
const SCHEMA_LOCK = 0x51_01cf;

/** Settings of `PostgresFacts`. */
export interface PostgresFactsOptions {
  /** Ms until the server must have answered, when connecting and to each statement. Default 30,000. */
  timeoutMs?: number;
}

const checkOptions = exactly("PostgresFacts", { timeoutMs: milliseconds } satisfies Record<
  keyof PostgresFactsOptions,
  Check
>);

interface Row {
  id: string;
  text: string;
  at: Date;
  by: string | null;
}

/** By meaning, nearest first. Vectors of another length come from another embedder and are passed over. */
const NEAREST = {
  pgvector: "vector::vector <=> $2::float8[]::vector",
  arrays: `1 - (SELECT sum(a * b) / nullif(sqrt(sum(a * a)) * sqrt(sum(b * b)), 0) FROM unnest(vector, $2::float8[]) AS t (a, b))`,
} as const;

/**
 * Facts in PostgreSQL, in the table `sluice_facts`, searched by words with its full text search and by vectors. Where the server
 * has the extension `vector` (pgvector), it measures the vectors; where not, plain arrays are measured, which is slower: `vectors`
 * says which. Needs the package `pg`.
 */
export class PostgresFacts implements FactStore {
  /** What measures vectors on this server. */
  readonly vectors: "pgvector" | "arrays";
  readonly #pool: Pool;

  private constructor(pool: Pool, vectors: "pgvector" | "arrays") {
    this.#pool = pool;
    this.vectors = vectors;
  }

  /**
   * Connects, and makes the table where it is missing.
   *
   * @param url for example `postgres://user:password@localhost/chat`.
   * @throws {SluiceError} `store-failed`; `unsupported` when the package `pg` is not installed.
   */
  static async open(url: string, options: PostgresFactsOptions = {}): Promise<PostgresFacts> {
    filledString(url, "url");
    checkOptions(options, "");
    const { timeoutMs = 30_000 } = options;
    const { default: pg } = await loadPeer("pg", "facts in PostgreSQL");
    const pool = new pg.Pool({
      connectionString: url,
      allowExitOnIdle: true,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    // A connection that breaks while nobody uses it is not an error of this process; the next statement opens another.
    pool.on("error", ignore);
    try {
      return new PostgresFacts(pool, await prepare(pool));
    } catch (cause) {
      await pool.end().catch(() => {});
      throw failed(cause);
    }
  }

  async add(scope: string, facts: readonly NewFact[]): Promise<void> {
    await this.#within(async (client) => {
      for (const { id, text, at, by, vector } of facts) {
        await client.query(
          "INSERT INTO sluice_facts (scope, id, text, at, by, words, vector) VALUES ($1, $2, $3, $4, $5, array_to_tsvector($6::text[]), $7)",
          [scope, id, text, at, by ?? null, words(text), vector ?? null],
        );
      }
    });
  }

  async search(scope: string, { text, vector, limit }: FactQuery): Promise<FoundFact[]> {
    const rankings: Fact[][] = [];
    const asked = words(text);
    if (asked.length > 0) {
      const query = asked.map((word) => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`).join(" | ");
      rankings.push(
        await this.#facts(
          "SELECT id, text, at, by FROM sluice_facts WHERE scope = $1 AND words @@ $2::tsquery ORDER BY ts_rank(words, $2::tsquery, 1) DESC, seq DESC LIMIT $3",
          [scope, query, limit],
        ),
      );
    }
    if (vector !== undefined) {
      rankings.push(
        await this.#facts(
          `SELECT id, text, at, by FROM sluice_facts WHERE scope = $1 AND cardinality(vector) = cardinality($2::float8[]) ORDER BY ${NEAREST[this.vectors]} LIMIT $3`,
          [scope, vector, limit],
        ),
      );
    }
    return fused(rankings, limit);
  }

  list(scope: string): Promise<Fact[]> {
    return this.#facts("SELECT id, text, at, by FROM sluice_facts WHERE scope = $1 ORDER BY seq", [scope]);
  }

  delete(scope: string, id: string): Promise<boolean> {
    return this.#within(async (client) => {
      const { rowCount } = await client.query("DELETE FROM sluice_facts WHERE scope = $1 AND id = $2", [scope, id]);
      return rowCount === 1;
    });
  }

  async clear(scope: string): Promise<void> {
    await this.#within((client) => client.query("DELETE FROM sluice_facts WHERE scope = $1", [scope]));
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #facts(sql: string, values: readonly unknown[]): Promise<Fact[]> {
    return this.#within(async (client) => {
      const { rows } = await client.query<Row>(sql, [...values]);
      return rows.map(({ id, text, at, by }) => ({ id, text, at: at.toISOString(), ...(by !== null && { by }) }));
    });
  }

  /** One transaction. */
  async #within<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      // A connection that breaks while in use tells its query; unheard, it would end the process as well.
      client.on("error", ignore);
      await client.query("BEGIN");
      const result = await use(client);
      await client.query("COMMIT");
      client.off("error", ignore);
      client.release();
      return result;
    } catch (cause) {
      // A client in an unknown state is closed rather than kept; PostgreSQL rolls back by itself.
      client?.release(true);
      throw failed(cause);
    }
  }
}

function ignore(): void {}

async function prepare(pool: Pool): Promise<"pgvector" | "arrays"> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [SCHEMA_LOCK]);
    await client.query(SCHEMA);
    await client.query("COMMIT");
    const { rowCount } = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'");
    if (rowCount === 0) return "arrays";
    // Whoever may not create it uses it where somebody else has.
    await client.query("CREATE EXTENSION IF NOT EXISTS vector").catch(() => {});
    const created = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'vector'");
    return created.rowCount === 0 ? "arrays" : "pgvector";
  } finally {
    client.release();
  }
}

function failed(cause: unknown): SluiceError {
  return cause instanceof SluiceError
    ? cause
    : new SluiceError("store-failed", `facts in PostgreSQL: ${messageOf(cause)}`, { cause, retryable: true });
}
