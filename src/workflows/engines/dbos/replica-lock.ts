import { createHash } from "node:crypto";
import type { Client } from "pg";
import { messageOf, SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";

/** Where replicas hear that a run was cancelled. */
const CHANNEL = "sluice_runs_cancelled";
/** The first part of what the numbers of locks are made of, so that they meet nobody else's. */
const NAMESPACE = "sluice/replica/";
/** Ms until the server must have answered. */
const TIMEOUT_MS = 30_000;

/**
 * How the server notices that a machine is gone, in seconds, where the system's default is hours. A process that only hangs
 * keeps its connection: its system answers.
 */
const KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;";

/**
 * Says that this replica is alive, to everybody at its PostgreSQL: an advisory lock that is held as long as one connection
 * lives. Who gets the lock of another replica knows that it is gone.
 */
export class ReplicaLock {
  readonly #client: Client;
  readonly #lost = new AbortController();

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Connects, and takes the lock of this replica.
   *
   * @param onCancelled is called with the id of each run that somebody cancels.
   * @throws {SluiceError} `store-failed`; `unsupported` when the package `pg` is not installed.
   */
  static async take(url: string, replica: string, onCancelled: (runId: string) => void): Promise<ReplicaLock> {
    const { default: pg } = await loadPeer("pg", "the engine dbos");
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: TIMEOUT_MS });
    const lock = new ReplicaLock(client);
    const end = (thrown?: unknown) => lock.#lost.abort(connectionLost(thrown));
    client.on("error", end);
    client.on("end", () => end());
    client.on("notification", ({ payload }) => onCancelled(payload ?? ""));
    try {
      await client.connect();
      await client.query(KEEPALIVE);
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query("SELECT pg_advisory_lock($1::bigint)", [numberOf(replica)]);
      return lock;
    } catch (thrown) {
      await client.end().catch(() => {});
      throw new SluiceError("store-failed", `runs at PostgreSQL: ${messageOf(thrown)}`, {
        cause: thrown,
        retryable: true,
      });
    }
  }

  /** Aborted when the connection is gone, and the lock with it. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Runs something while nobody else can take what a dead replica had. `undefined` where that replica lives. */
  async whileDead<T>(replica: string, run: () => Promise<T>): Promise<T | undefined> {
    const number = numberOf(replica);
    const { rows } = await this.#query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1::bigint) AS taken", [
      number,
    ]);
    if (rows[0]?.taken !== true) return undefined;
    try {
      return await run();
    } finally {
      await this.#query("SELECT pg_advisory_unlock($1::bigint)", [number]);
    }
  }

  /** Says to all replicas that a run was cancelled. */
  async announceCancelled(runId: string): Promise<void> {
    await this.#query("SELECT pg_notify($1, $2)", [CHANNEL, runId]);
  }

  async release(): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  async #query<Row extends object>(sql: string, values: unknown[]): Promise<{ rows: Row[] }> {
    this.lost.throwIfAborted();
    try {
      return await this.#client.query<Row>(sql, values);
    } catch (thrown) {
      throw connectionLost(thrown);
    }
  }
}

/** The lock's number: 64 bits of a hash, as PostgreSQL takes them. */
function numberOf(replica: string): string {
  return createHash("sha256").update(`${NAMESPACE}${replica}`).digest().readBigInt64BE(0).toString();
}

function connectionLost(thrown: unknown): SluiceError {
  const why = thrown === undefined ? "" : `: ${messageOf(thrown)}`;
  return new SluiceError("store-failed", `the connection that this process's runs are held by was lost${why}`, {
    retryable: true,
    cause: thrown,
  });
}
