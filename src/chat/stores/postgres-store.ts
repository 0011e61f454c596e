import type { Pool, PoolClient } from "pg";
import { exactly, filledString, milliseconds } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { checkAppend } from "../check-append.js";
import { checkListOptions } from "../check-list-options.js";
import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../conversation-store.js";
import { messageToText } from "../message-json.js";
import { conflict } from "./conflict.js";
import { type ConversationRow, recordOf, storedConversation } from "./conversation-row.js";
import { checkSchemaVersion, SCHEMA_VERSION } from "./schema-version.js";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sluice_conversations (
  id text PRIMARY KEY, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  version integer NOT NULL, head text, title text, metadata text NOT NULL
);
CREATE INDEX IF NOT EXISTS sluice_conversations_by_time ON sluice_conversations (updated_at, id COLLATE "C");
CREATE TABLE IF NOT EXISTS sluice_messages (
  seq bigserial PRIMARY KEY, conversation text NOT NULL REFERENCES sluice_conversations ON DELETE CASCADE,
  body text NOT NULL
);
CREATE INDEX IF NOT EXISTS sluice_messages_by_conversation ON sluice_messages (conversation, seq);
CREATE TABLE IF NOT EXISTS sluice_schema (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version integer NOT NULL);
INSERT INTO sluice_schema (version) VALUES (${SCHEMA_VERSION}) ON CONFLICT DO NOTHING;
`;

/** Taken while the tables are made, so that two processes that start together do not make them twice. */
const SCHEMA_LOCK = 0x51_01ce;

type Row = ConversationRow<Date>;

/** The time as records have it, in whole ms: a page must begin where the one before ended. */
const NOW = "date_trunc('milliseconds', now())";

/** Settings of a PostgreSQL store. */
export interface PostgresStoreOptions {
  /** Ms until the server must have answered, when connecting and to each statement. Default 30,000. */
  timeoutMs?: number;
}

const OPTIONS = exactly("a PostgreSQL store", { timeoutMs: milliseconds });

/** Keeps conversations in PostgreSQL, in the tables `sluice_conversations` and `sluice_messages`. Needs the package `pg`. */
export class PostgresStore implements ConversationStore {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Connects, and makes the tables where they are missing. Tables of another version are refused.
   *
   * @param url for example `postgres://user:password@localhost/chat`.
   * @throws {SluiceError} `store-failed`; `unsupported` when the package `pg` is not installed.
   */
  static async open(url: string, options: PostgresStoreOptions = {}): Promise<PostgresStore> {
    filledString(url, "url");
    OPTIONS(options, "");
    const { timeoutMs = 30_000 } = options;
    const { default: pg } = await loadPeer("pg", "the PostgreSQL store");
    // A process that forgets to close the store can end all the same.
    const store = new PostgresStore(
      new pg.Pool({
        connectionString: url,
        allowExitOnIdle: true,
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs,
      }),
    );
    // A connection that breaks while idle is replaced at the next query, which reports what is wrong.
    store.#pool.on("error", ignore);
    try {
      await store.#transaction(async (client) => {
        await client.query("SELECT pg_advisory_xact_lock($1)", [SCHEMA_LOCK]);
        await client.query(SCHEMA);
        const { rows } = await client.query<{ version: number }>("SELECT version FROM sluice_schema");
        checkSchemaVersion("PostgreSQL store", rows[0]?.version ?? 0);
      });
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
    return store;
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    return this.#transaction(async (client) => {
      const { rows } = await client.query<Row>("SELECT * FROM sluice_conversations WHERE id = $1", [id]);
      const [row] = rows;
      if (row === undefined) return undefined;
      const bodies = await client.query<{ body: string }>(
        "SELECT body FROM sluice_messages WHERE conversation = $1 ORDER BY seq",
        [id],
      );
      return storedConversation(row, bodies.rows, `PostgreSQL store, ${id}`);
    }, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  async append(id: string, change: Append): Promise<number> {
    checkAppend(id, change);
    const { expectedVersion: expected, head, title = null } = change;
    const metadata = change.metadata === undefined ? null : JSON.stringify(change.metadata);
    return this.#transaction(async (client) => {
      // One statement both checks and takes the version: a second writer waits here and then finds it changed.
      const { rowCount } = await client.query(
        expected === 0
          ? `INSERT INTO sluice_conversations (id, created_at, updated_at, version, head, title, metadata)
             VALUES ($1, ${NOW}, ${NOW}, 1, $2, $3, coalesce($4, '{}')) ON CONFLICT DO NOTHING`
          : `UPDATE sluice_conversations SET updated_at = ${NOW}, version = version + 1, head = $2,
             title = coalesce($3, title), metadata = coalesce($4, metadata)
             WHERE id = $1 AND version = ${Number(expected)}`,
        [id, head, title, metadata],
      );
      if (rowCount !== 1) throw conflict(id, expected, await versionOf(client, id));
      await client.query("INSERT INTO sluice_messages (conversation, body) SELECT $1, unnest($2::text[])", [
        id,
        change.messages.map(messageToText),
      ]);
      return expected + 1;
    });
  }

  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    const { limit = 100, after, prefix = "" } = options;
    return this.#transaction(async (client) => {
      const { rows } = await client.query<Row>(
        `SELECT * FROM sluice_conversations
         WHERE (updated_at, id COLLATE "C") < (coalesce($1::timestamptz, 'infinity'), $2) AND starts_with(id, $4)
         ORDER BY updated_at DESC, id COLLATE "C" DESC LIMIT $3`,
        [after?.updatedAt ?? null, after?.id ?? "", limit, prefix],
      );
      return rows.map(recordOf);
    });
  }

  async delete(id: string): Promise<boolean> {
    return this.#transaction(async (client) => {
      const { rowCount } = await client.query("DELETE FROM sluice_conversations WHERE id = $1", [id]);
      return rowCount === 1;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transaction<T>(run: (client: PoolClient) => Promise<T>, mode = ""): Promise<T> {
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      // A connection that breaks while in use tells its query; unheard, it would end the process as well.
      client.on("error", ignore);
      await client.query(`BEGIN ${mode}`);
      const result = await run(client);
      await client.query("COMMIT");
      client.off("error", ignore);
      client.release();
      return result;
    } catch (thrown) {
      // A client in an unknown state is closed rather than kept; PostgreSQL rolls back by itself.
      client?.release(true);
      if (thrown instanceof SluiceError) throw thrown;
      const message = messageOf(thrown);
      throw new SluiceError("store-failed", `PostgreSQL store: ${message}`, { cause: thrown, retryable: true });
    }
  }
}

function ignore(): void {}

async function versionOf(client: PoolClient, id: string): Promise<number> {
  const { rows } = await client.query<Row>("SELECT version FROM sluice_conversations WHERE id = $1", [id]);
  return rows[0]?.version ?? 0;
}
