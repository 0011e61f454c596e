import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { messageOf, SluiceError } from "../stream/error.js";
import { loadPeer } from "../stream/load-peer.js";
import type { RunKeys } from "./redis-keys.js";

/** Called with each text that is published to a channel; with `undefined` when some may have been lost. */
export type OnMessage = (text: string | undefined) => void;

/** A channel that is listened to. */
interface Channel {
  listeners: Set<OnMessage>;
  /** Settles when what is published is heard, or cannot be. */
  subscribed: Promise<unknown>;
}

/** Two connections to a Redis: one for commands, and one that listens. */
export class RedisConnection {
  readonly #commands: Redis;
  readonly #listening: Redis;
  readonly #channels = new Map<string, Channel>();

  private constructor(commands: Redis, listening: Redis) {
    this.#commands = commands;
    this.#listening = listening;
    listening.on("message", (channel: string, text: string) => {
      for (const listener of this.#channels.get(channel)?.listeners ?? []) listener(text);
    });
    // ioredis subscribes again by itself; messages of the meantime are lost.
    listening.on("ready", () => {
      for (const { listeners } of this.#channels.values()) for (const listener of listeners) listener(undefined);
    });
  }

  /** @throws {SluiceError} `store-failed` when it cannot be reached; `unsupported` where `ioredis` is not installed. */
  static async open(url: string): Promise<RedisConnection> {
    const { Redis } = await loadPeer("ioredis", "a log of runs in Redis");
    const settings = { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: backOff };
    const [commands, listening] = [new Redis(url, settings), new Redis(url, settings)];
    for (const redis of [commands, listening]) {
      // Failures are reported by the command that meets them.
      redis.on("error", () => {});
    }
    try {
      await Promise.all([commands.connect(), listening.connect()]);
    } catch (thrown) {
      commands.disconnect();
      listening.disconnect();
      throw storeFailed(thrown);
    }
    return new RedisConnection(commands, listening);
  }

  /** @throws {SluiceError} `store-failed`; an error reply that a script made is thrown as it is. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await command(this.#commands);
    } catch (thrown) {
      throw messageOf(thrown).includes("FENCED") ? thrown : storeFailed(thrown);
    }
  }

  /** Runs a script on the keys of one run. */
  script(script: string, { log, known, alive }: RunKeys, values: readonly (string | number)[]): Promise<unknown> {
    return this.scriptOn(script, [log, known, alive], values);
  }

  /** Runs a script on keys that stand on one node. */
  scriptOn(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return this.run(async (redis) => {
      try {
        return await redis.evalsha(hashOf(script), keys.length, ...keys, ...values);
      } catch (thrown) {
        // It was not run there before, or the server has forgotten it.
        if (!messageOf(thrown).startsWith("NOSCRIPT")) throw thrown;
        return await redis.eval(script, keys.length, ...keys, ...values);
      }
    });
  }

  /** Listens to a channel from when it resolves. */
  async listen(channel: string, listener: OnMessage): Promise<void> {
    const known = this.#channels.get(channel);
    const heard = known ?? { listeners: new Set(), subscribed: this.#listening.subscribe(channel) };
    this.#channels.set(channel, heard);
    heard.listeners.add(listener);
    try {
      await heard.subscribed;
    } catch (thrown) {
      throw storeFailed(thrown);
    }
  }

  /** Listens no more. */
  unlisten(channel: string, listener: OnMessage): void {
    const listeners = this.#channels.get(channel)?.listeners;
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return;
    this.#channels.delete(channel);
    // A connection that is down has no subscription to end.
    this.#listening.unsubscribe(channel).catch(() => {});
  }

  close(): void {
    this.#channels.clear();
    this.#commands.disconnect();
    this.#listening.disconnect();
  }
}

const HASHES = new Map<string, string>();

function hashOf(script: string): string {
  const known = HASHES.get(script);
  if (known !== undefined) return known;
  const hash = createHash("sha1").update(script).digest("hex");
  HASHES.set(script, hash);
  return hash;
}

/** Ms until the next attempt to connect. */
function backOff(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), 2_000);
}

function storeFailed(cause: unknown): SluiceError {
  return new SluiceError("store-failed", `the log of runs in Redis: ${messageOf(cause)}`, { cause, retryable: true });
}
