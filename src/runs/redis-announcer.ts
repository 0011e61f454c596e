import { systemClock, wait } from "../base/clock.js";
import type { RedisConnection } from "./redis-connection.js";
import { ANNOUNCED, keysOf } from "./redis-keys.js";
import { CLAIM } from "./redis-scripts.js";
import type { RedisWriters } from "./redis-writers.js";

/** How often a process tries to announce an end that it cannot. */
const TRIES = 3;

/** What an announcer works with. */
export interface RedisAnnouncing {
  connection: RedisConnection;
  prefix: string;
  /** Which process writes what: a run stays on a roll until its end is announced. */
  roll: RedisWriters;
  /** The channel of this process. */
  self: string;
  /** How long to wait after a failure, in ms. */
  retryMs: number;
}

/** Announces the ends of runs that are to be announced: those of this process, and those of processes that died before they did. */
export class RedisAnnouncer {
  onEnded: ((run: string) => Promise<void>) | undefined;
  readonly #settings: RedisAnnouncing;
  /** Runs that have ended, and stand on this process's roll. */
  readonly #pending = new Set<string>();
  readonly #closing = new AbortController();
  readonly #taking = new Map<string, Promise<boolean>>();

  constructor(settings: RedisAnnouncing) {
    this.#settings = settings;
  }

  /** Whether nothing is left for others, if this process goes. */
  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /** Tries nothing again. What is not announced is left for others. */
  stop(): void {
    this.#closing.abort();
  }

  /** Announces the end of a run that stands on this process's roll. Where nobody here listens it stays there, for others. */
  async announce(run: string): Promise<void> {
    this.#pending.add(run);
    const { onEnded } = this;
    if (onEnded === undefined) return;
    const { retryMs, connection, prefix, roll } = this.#settings;
    for (let tries = 1; ; tries++) {
      try {
        await onEnded(run);
        break;
      } catch {
        if (tries === TRIES) break;
        await wait(retryMs, systemClock, this.#closing.signal);
      }
    }
    await connection.run((redis) => redis.hdel(keysOf(prefix, run).known, ANNOUNCED));
    await roll.remove(run);
    this.#pending.delete(run);
  }

  /**
   * Announces the end of a run that a dead process left, where nobody else does.
   *
   * @param writer the dead process, as its channel names it.
   * @returns whether the run need not be looked for any more on the dead process's roll.
   */
  takeUp(run: string, writer: string): Promise<boolean> {
    const taking = this.#taking.get(run) ?? this.#takeUp(run, writer).finally(() => this.#taking.delete(run));
    this.#taking.set(run, taking);
    return taking;
  }

  async #takeUp(run: string, writer: string): Promise<boolean> {
    const { connection, prefix, roll, self } = this.#settings;
    if (this.#pending.has(run)) return true;
    const keys = keysOf(prefix, run);
    const isDue = (await connection.run((redis) => redis.hexists(keys.known, ANNOUNCED))) === 1;
    if (!isDue) return true;
    if (this.onEnded === undefined) return false;
    // It stands on this roll before it is taken: a process that dies between the two leaves nothing that nobody finds.
    await roll.add(run);
    if ((await connection.script(CLAIM, keys, [writer, self])) === 1) void this.announce(run).catch(() => {});
    else await roll.remove(run);
    return true;
  }
}
