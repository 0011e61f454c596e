import type { Redis } from "ioredis";
import { exactly, filledString, milliseconds, string } from "../../stream/checks.js";
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
import { messagesFromTexts, messageToText } from "../message-json.js";
import { conflict } from "./conflict.js";
import { checkSchemaVersion, SCHEMA_VERSION } from "./schema-version.js";

/**
 * Appends in one step. KEYS: the record (hash), its messages (list), all conversations by time (sorted set).
 * ARGV: expected version, now (ISO 8601), now (ms), id, head or "", title or "", metadata or "", then the messages.
 * Returns the new version, or minus one minus the version that was found.
 */
const APPEND = `
local found = tonumber(redis.call("HGET", KEYS[1], "version") or "0")
if found ~= tonumber(ARGV[1]) then return -1 - found end
if found == 0 then redis.call("HSET", KEYS[1], "createdAt", ARGV[2], "metadata", "{}") end
redis.call("HSET", KEYS[1], "updatedAt", ARGV[2], "head", ARGV[5])
if ARGV[6] ~= "" then redis.call("HSET", KEYS[1], "title", ARGV[6]) end
if ARGV[7] ~= "" then redis.call("HSET", KEYS[1], "metadata", ARGV[7]) end
for i = 8, #ARGV do redis.call("RPUSH", KEYS[2], ARGV[i]) end
redis.call("ZADD", KEYS[3], ARGV[3], ARGV[4])
return redis.call("HINCRBY", KEYS[1], "version", 1)
`;

/**
 * Ids after one in the list. KEYS: all conversations by time. ARGV: its time (ms), its id, how many. Where that one has
 * gone on or is deleted, it is put back for a moment: its neighbours are those of the page before.
 */
const AFTER = `
local time = redis.call("ZSCORE", KEYS[1], ARGV[2])
local moved = not time or tonumber(time) ~= tonumber(ARGV[1])
if moved then redis.call("ZADD", KEYS[1], ARGV[1], ARGV[2]) end
local at = redis.call("ZREVRANK", KEYS[1], ARGV[2])
local ids = redis.call("ZREVRANGE", KEYS[1], at + 1, at + ARGV[3])
if moved and time then redis.call("ZADD", KEYS[1], time, ARGV[2]) elseif moved then redis.call("ZREM", KEYS[1], ARGV[2]) end
return ids
`;

/** How many conversations are read at a time where only some of them are wanted. */
const SCAN = 500;

/** Settings of a Redis store. */
export interface RedisStoreOptions {
  /** Begins all keys, which stand on one node of a cluster. Default `sluice`. */
  prefix?: string;
  /** Ms until the server must have answered; a command that a broken connection keeps asking again is given up, too. Default 30,000. */
  timeoutMs?: number;
}

const OPTIONS = exactly("a Redis store", { prefix: string, timeoutMs: milliseconds });

/** Keeps conversations in Redis: a hash and a list for each. Needs the package `ioredis`. */
export class RedisStore implements ConversationStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  private constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * Connects. What another version of the store has written is refused.
   *
   * @param url for example `redis://localhost:6379/0`.
   * @throws {SluiceError} `store-failed`; `unsupported` when the package `ioredis` is not installed.
   */
  static async open(url: string, options: RedisStoreOptions = {}): Promise<RedisStore> {
    filledString(url, "url");
    OPTIONS(options, "");
    const { prefix = "sluice", timeoutMs = 30_000 } = options;
    const { Redis } = await loadPeer("ioredis", "the Redis store");
    const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2, commandTimeout: timeoutMs });
    // Failures are reported by the command that meets them.
    redis.on("error", () => {});
    try {
      await redis.connect();
      const key = `{${prefix}}:schema`;
      await redis.set(key, SCHEMA_VERSION, "NX");
      checkSchemaVersion("Redis store", Number(await redis.get(key)));
    } catch (thrown) {
      redis.disconnect();
      throw thrown instanceof SluiceError ? thrown : storeFailed(thrown);
    }
    return new RedisStore(redis, prefix);
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    const [record, bodies] = await this.#run((redis) =>
      redis.multi().hgetall(this.#record(id)).lrange(this.#messages(id), 0, -1).exec(),
    );
    const conversation = recordOf(id, record as Record<string, string>);
    return conversation && { ...conversation, messages: messagesFromTexts(bodies as string[], `Redis store, ${id}`) };
  }

  async append(id: string, change: Append): Promise<number> {
    checkAppend(id, change);
    const now = new Date();
    const args = [
      change.expectedVersion,
      now.toISOString(),
      now.getTime(),
      id,
      change.head ?? "",
      change.title ?? "",
      change.metadata === undefined ? "" : JSON.stringify(change.metadata),
    ].concat(change.messages.map(messageToText));
    const keys = [this.#record(id), this.#messages(id), this.#byTime];
    // In one list: an import may have more messages than a function can have arguments.
    const command = [APPEND, keys.length, ...keys].concat(args);
    const [version] = await this.#run(async (redis) => [[null, await redis.call("EVAL", command)]]);
    if (typeof version === "number" && version > 0) return version;
    throw conflict(id, change.expectedVersion, -1 - Number(version));
  }

  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    const { limit = 100, after, prefix = "" } = options;
    const found: ConversationRecord[] = [];
    const size = prefix === "" ? limit : Math.max(limit, SCAN);
    for (let last = after; limit >= 1; ) {
      const { ids, records } = await this.#page(size, last);
      for (const record of records) if (record.id.startsWith(prefix)) found.push(record);
      last = records.at(-1);
      if (found.length >= limit || ids < size || last === undefined) break;
    }
    return found.slice(0, limit);
  }

  /** Conversations one after the other by time, and how many ids there were. */
  async #page(limit: number, after: ListOptions["after"]): Promise<{ ids: number; records: ConversationRecord[] }> {
    const [ids] = await this.#run(async (redis) => {
      const page =
        after === undefined
          ? redis.zrevrange(this.#byTime, 0, limit - 1)
          : redis.eval(AFTER, 1, this.#byTime, Date.parse(after.updatedAt), after.id, limit);
      return [[null, await page]];
    });
    const names = ids as string[];
    if (names.length === 0) return { ids: 0, records: [] };
    const records = await this.#run((redis) => {
      const all = redis.multi();
      for (const id of names) all.hgetall(this.#record(id));
      return all.exec();
    });
    return {
      ids: names.length,
      records: names.flatMap((id, index) => recordOf(id, records[index] as Record<string, string>) ?? []),
    };
  }

  async delete(id: string): Promise<boolean> {
    const [deleted] = await this.#run((redis) =>
      redis.multi().del(this.#record(id)).del(this.#messages(id)).zrem(this.#byTime, id).exec(),
    );
    return deleted === 1;
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** The replies of a transaction; its first error is thrown. */
  async #run(command: (redis: Redis) => Promise<[error: Error | null, reply: unknown][] | null>): Promise<unknown[]> {
    try {
      const replies = (await command(this.#redis)) ?? [];
      return replies.map(([error, reply]) => {
        if (error !== null) throw error;
        return reply;
      });
    } catch (thrown) {
      throw storeFailed(thrown);
    }
  }

  // What stands in braces decides the node of a cluster.
  #record(id: string): string {
    return `{${this.#prefix}}:conversation:${id}`;
  }

  #messages(id: string): string {
    return `{${this.#prefix}}:messages:${id}`;
  }

  get #byTime(): string {
    return `{${this.#prefix}}:conversations`;
  }
}

function recordOf(id: string, hash: Record<string, string>): ConversationRecord | undefined {
  const { createdAt, updatedAt, version, head, title, metadata } = hash;
  if (createdAt === undefined || updatedAt === undefined) return undefined;
  return {
    id,
    createdAt,
    updatedAt,
    version: Number(version),
    head: head || null,
    ...(title !== undefined && { title }),
    metadata: JSON.parse(metadata ?? "{}"),
  };
}

function storeFailed(cause: unknown): SluiceError {
  const message = messageOf(cause);
  return new SluiceError("store-failed", `Redis store: ${message}`, { cause, retryable: true });
}
