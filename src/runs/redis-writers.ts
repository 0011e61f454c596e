import type { RedisConnection } from "./redis-connection.js";
import { writerKeys, writersKey } from "./redis-keys.js";

/** A run of a process that gives no sign of life any more. */
export interface OrphanedRun {
  run: string;
  /** The process, as its channel names it. */
  writer: string;
}

/**
 * The processes that write runs into a Redis, and which runs each of them writes: those of a process that died are found
 * though nobody reads them.
 */
export class RedisWriters {
  readonly #connection: RedisConnection;
  readonly #all: string;
  readonly #self: string;
  readonly #lifeMs: number;

  /** @param self the channel of this process. @param lifeMs how long a sign of life counts. */
  constructor(connection: RedisConnection, prefix: string, self: string, lifeMs: number) {
    this.#connection = connection;
    this.#all = writersKey(prefix);
    this.#self = self;
    this.#lifeMs = lifeMs;
  }

  /** This process lives. */
  async beat(): Promise<void> {
    const { alive } = writerKeys(this.#self);
    await this.#connection.run((redis) =>
      Promise.all([redis.set(alive, "1", "PX", this.#lifeMs), redis.sadd(this.#all, this.#self)]),
    );
  }

  /** This process writes a run. */
  async add(run: string): Promise<void> {
    await this.#connection.run((redis) => redis.sadd(writerKeys(this.#self).runs, run));
  }

  /** A run has ended, or is another's. */
  async remove(run: string, writer = this.#self): Promise<void> {
    await this.#connection.run((redis) => redis.srem(writerKeys(writer).runs, run));
  }

  /** This process writes no more. */
  async leave(): Promise<void> {
    const { alive, runs } = writerKeys(this.#self);
    await this.#connection.run((redis) => Promise.all([redis.srem(this.#all, this.#self), redis.del(alive, runs)]));
  }

  /** The runs of processes that are dead; a dead process without runs is forgotten. */
  async orphans(): Promise<OrphanedRun[]> {
    const writers = await this.#connection.run((redis) => redis.smembers(this.#all));
    const found = await Promise.all(
      writers.filter((writer) => writer !== this.#self).map((one) => this.#orphansOf(one)),
    );
    return found.flat();
  }

  async #orphansOf(writer: string): Promise<OrphanedRun[]> {
    const keys = writerKeys(writer);
    const [alive, runs] = await this.#connection.run((redis) =>
      Promise.all([redis.exists(keys.alive), redis.smembers(keys.runs)]),
    );
    if (alive === 1) return [];
    // One that wakes up again says so with its next sign of life.
    if (runs.length === 0) await this.#connection.run((redis) => redis.srem(this.#all, writer));
    return runs.map((run) => ({ run, writer }));
  }
}
