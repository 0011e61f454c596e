import { orLeft } from "../base/or-left.js";
import { uuid } from "../base/uuid.js";
import { exactly, filledString, wholeNumber } from "../stream/checks.js";
import { describe, invalid, SluiceError } from "../stream/error.js";
import { type Buried, buryRun } from "./bury-run.js";
import { OrphanSweep } from "./orphan-sweep.js";
import { RedisAnnouncer } from "./redis-announcer.js";
import { chainBehind, chainOf, joinChain, leaveChain, withLead } from "./redis-chain.js";
import { RedisConnection } from "./redis-connection.js";
import { ANNOUNCED, groupKey, keysOf, NOTE, threadKey, writerChannel } from "./redis-keys.js";
import { recordOf } from "./redis-record.js";
import { RedisRunReader } from "./redis-run-reader.js";
import { RedisRunWriter, type RedisWriting } from "./redis-run-writer.js";
import { NOTE_DOWN, OPEN, STOP, TAKE } from "./redis-scripts.js";
import { RedisWriters } from "./redis-writers.js";
import { RemoteRun } from "./remote-run.js";
import {
  DEFAULT_RETENTION,
  type LostRun,
  type OpenRun,
  type ReadRun,
  type Retention,
  type RunLog,
  type RunReader,
  type RunRecord,
  type RunWriter,
} from "./run-log.js";
import { checkOpenRun, checkReadRun } from "./run-options.js";

/** Settings of `RedisRunLog`. */
export interface RedisRunLogOptions extends Retention {
  /** For example `redis://localhost:6379/0`. */
  url: string;
  /** Begins all keys. Default `sluice`. */
  prefix?: string;
  /** A run whose process dies ends within two of these, in ms, whether somebody reads it or not. Default 5,000. */
  heartbeatMs?: number;
  /** Events are collected for this long and written as one entry, in ms. Default 20. */
  collectMs?: number;
}

/** How long a sign of life counts, how often it is given, and how often it is looked for: in heartbeats. */
const LIFE = 1.5;
const BEAT = 0.5;
const POLL = 0.4;

/** A thread or a group is remembered for at least this long after its last run began, in ms. */
const KNOWN_MS = 86_400_000;

const positive = (value: unknown, path: string) => {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "a number above 0");
};

const OPTIONS = exactly("the settings of a log in Redis", {
  url: { required: filledString },
  prefix: filledString,
  heartbeatMs: positive,
  collectMs: positive,
  keepMs: wholeNumber(1),
  maxRunBytes: positive,
});

/**
 * Logs runs in Redis Streams, so that any process reads and stops them. Needs the package `ioredis` and Redis 6.2.
 *
 * Events are written a few at a time, each entry by whoever holds the run's token: a process that was taken for dead does
 * not write again. Readers in the writer's process are served from memory.
 */
export class RedisRunLog implements RunLog {
  onLost: ((lost: LostRun) => void) | undefined;
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #heartbeatMs: number;
  readonly #writing: RedisWriting;
  readonly #channel: string;
  readonly #writers = new Map<string, RedisRunWriter>();
  readonly #remotes = new Map<string, RemoteRun>();
  readonly #beats: NodeJS.Timeout;
  /** Which process writes what. */
  readonly #roll: RedisWriters;
  readonly #sweep: OrphanSweep;
  readonly #announcer: RedisAnnouncer;

  private constructor(connection: RedisConnection, options: RedisRunLogOptions) {
    const { prefix = "sluice", heartbeatMs = 5_000, collectMs = 20 } = options;
    const { keepMs = DEFAULT_RETENTION.keepMs, maxRunBytes = DEFAULT_RETENTION.maxRunBytes } = options;
    this.#connection = connection;
    this.#prefix = prefix;
    this.#heartbeatMs = heartbeatMs;
    const lifeMs = Math.ceil(heartbeatMs * LIFE);
    const holdMs = Math.max(keepMs, lifeMs * 2);
    this.#writing = { connection, prefix, collectMs, lifeMs, holdMs, keepMs, maxRunBytes };
    this.#channel = writerChannel(prefix, uuid());
    this.#roll = new RedisWriters(connection, prefix, this.#channel, this.#writing.lifeMs);
    const announcing = { connection, prefix, roll: this.#roll, self: this.#channel, retryMs: heartbeatMs };
    this.#announcer = new RedisAnnouncer(announcing);
    this.#beats = setInterval(() => {
      // The next one tells it, where Redis cannot be reached now.
      this.#roll.beat().catch(() => {});
      for (const writer of this.#writers.values()) void writer.beat();
    }, heartbeatMs * BEAT);
    this.#beats.unref();
    this.#sweep = new OrphanSweep(connection, { prefix, pollMs: heartbeatMs * POLL }, this.#roll, {
      takesOver: () => this.onLost !== undefined,
      take: (run) => this.#take(run),
      bury: async (run) => (await buryRun(this.#writing, run)) !== "alive",
      announce: (run, writer) => this.#announcer.takeUp(run, writer),
    });
  }

  /**
   * Connects.
   *
   * @throws {SluiceError} `store-failed` when Redis cannot be reached; `unsupported` when the package `ioredis` is not
   *   installed; `invalid-argument` for an invalid setting.
   */
  static async open(options: RedisRunLogOptions): Promise<RedisRunLog> {
    OPTIONS(options, "");
    const log = new RedisRunLog(await RedisConnection.open(options.url), options);
    await Promise.all([log.#connection.listen(log.#channel, log.#onAsked), log.#roll.beat()]);
    return log;
  }

  get onEnded(): ((run: string) => Promise<void>) | undefined {
    return this.#announcer.onEnded;
  }

  set onEnded(announce: ((run: string) => Promise<void>) | undefined) {
    this.#announcer.onEnded = announce;
  }

  async open(run: string, options: OpenRun = {}): Promise<RunWriter> {
    checkOpenRun(options);
    const keys = keysOf(this.#prefix, run);
    const { lifeMs, holdMs } = this.#writing;
    const { meta = {}, again = "", goesOn = false, follows, notes = {}, announced = false } = options;
    const chain = follows === undefined ? undefined : await chainBehind(this.#writing, follows);
    const known = [this.#channel, again, goesOn ? 1 : 0, keys.entries, chain ?? "", announced ? 1 : 0];
    const heldMs = chain === undefined ? holdMs : withLead(holdMs);
    const stored = [JSON.stringify(meta), lifeMs, heldMs, ...known, ...Object.entries(notes).flat()];
    // It stands on the roll before it is there: a process that dies between the two leaves nothing that nobody finds.
    const [, opened] = await Promise.all([
      this.#roll.add(run),
      this.#connection.script(OPEN, keys, [Date.now(), ...stored]),
    ]);
    if (opened !== 1) {
      if (!this.#writers.has(run)) await this.#roll.remove(run);
      throw new SluiceError("conflict", `there is a run ${describe(run)} already`);
    }
    if (chain !== undefined && follows !== undefined) await joinChain(this.#writing, chain, [follows, run], lifeMs);
    const { thread, group } = options;
    if (group !== undefined) await this.#join(run, groupKey(this.#prefix, group));
    if (thread !== undefined) {
      await this.#connection.run((redis) => redis.set(threadKey(this.#prefix, thread), run, "PX", this.#knownMs));
    }
    const writer = new RedisRunWriter(run, options, this.#writing, { chain, onDone: this.#onDone(run, announced) });
    this.#writers.set(run, writer);
    await writer.keepEarlier();
    return writer;
  }

  async read(run: string, options: ReadRun = {}): Promise<RunReader> {
    checkReadRun(options);
    const writer = this.#writers.get(run);
    if (writer?.isWhole) return writer.read(options);
    const remote = await this.#remote(run);
    const record = await this.find(run);
    const { after = -1 } = options;
    if (record === undefined) {
      this.#release(remote);
      throw new SluiceError("not-found", `there is no run ${describe(run)}, or it is not kept any more`);
    }
    const over = record.state !== "running" && after + 1 >= record.next;
    const seen = record.state === "finished" || after + 1 === record.next;
    const at = record.state === "failed" ? Math.min(after + 1, record.next - 1) : Math.min(after + 1, record.next);
    const reader = new RedisRunReader(remote, after, at);
    remote.add(reader);
    if (over && seen) reader.cancel();
    return reader;
  }

  async find(run: string): Promise<RunRecord | undefined> {
    const { known, log } = keysOf(this.#prefix, run);
    const [hash, oldest] = await this.#connection.run((redis) =>
      Promise.all([redis.hgetall(known), redis.xrange(log, "-", "+", "COUNT", 1)]),
    );
    return recordOf(run, hash, oldest[0]?.[0]);
  }

  async newestOf(thread: string): Promise<string | undefined> {
    const run = await this.#connection.run((redis) => redis.get(threadKey(this.#prefix, thread)));
    return run ?? undefined;
  }

  async runsOf(group: string): Promise<string[]> {
    const key = groupKey(this.#prefix, group);
    const runs = await this.#connection.run((redis) => redis.smembers(key));
    const kept = await this.#connection.run((redis) =>
      Promise.all(runs.map((run) => redis.exists(keysOf(this.#prefix, run).known))),
    );
    const forgotten = runs.filter((_, index) => kept[index] === 0);
    if (forgotten.length > 0) await this.#connection.run((redis) => redis.srem(key, ...forgotten));
    return runs.filter((_, index) => kept[index] === 1);
  }

  async note(run: string, name: string, value: string | undefined): Promise<boolean> {
    const values = [`${NOTE}${name}`, ...(value === undefined ? [] : [value])];
    return (await this.#connection.script(NOTE_DOWN, keysOf(this.#prefix, run), values)) === 1;
  }

  async begun(run: string, signal: AbortSignal): Promise<void> {
    const { entries } = keysOf(this.#prefix, run);
    let wake = () => {};
    const onMessage = () => wake();
    await this.#connection.listen(entries, onMessage);
    try {
      for (;;) {
        const heard = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if ((await this.find(run)) !== undefined) return;
        await orLeft(heard, signal);
      }
    } finally {
      this.#connection.unlisten(entries, onMessage);
    }
  }

  async stop(run: string, reason = "the run was stopped"): Promise<boolean> {
    const asked = await this.#connection.script(STOP, keysOf(this.#prefix, run), [run, reason]);
    return asked === 1;
  }

  async forget(run: string): Promise<boolean> {
    const record = await this.find(run);
    if (record === undefined || record.state === "running") return false;
    await leaveChain(this.#writing, run);
    const { log, known, alive } = keysOf(this.#prefix, run);
    return (await this.#connection.run((redis) => redis.del(log, known, alive))) > 0;
  }

  /** Redis forgets by itself. */
  sweep(): void {}

  async close(): Promise<void> {
    clearInterval(this.#beats);
    this.#sweep.stop();
    this.#announcer.stop();
    // Not awaited: a Redis that is gone would never answer, and one that hears nothing finds a dead process without runs.
    if (this.#writers.size === 0 && this.#announcer.isIdle) this.#roll.leave().catch(() => {});
    this.#connection.close();
  }

  get #knownMs(): number {
    return Math.max(KNOWN_MS, this.#writing.keepMs);
  }

  async #join(run: string, group: string): Promise<void> {
    await this.#connection.run((redis) => Promise.all([redis.sadd(group, run), redis.pexpire(group, this.#knownMs)]));
  }

  /** What the readers of a run in this process share. */
  async #remote(run: string): Promise<RemoteRun> {
    const known = this.#remotes.get(run);
    if (known !== undefined) return known;
    const pollMs = this.#heartbeatMs * POLL;
    const onDeserted = () => this.#remotes.delete(run);
    const take = () => this.#take(run);
    const bury = () => this.#bury(run);
    const remote = new RemoteRun(run, keysOf(this.#prefix, run), this.#connection, pollMs, { take, bury, onDeserted });
    this.#remotes.set(run, remote);
    await remote.listen();
    return remote;
  }

  /** Takes over a run whose process is gone, where it may be made once more; whether it did. */
  async #take(run: string): Promise<boolean> {
    const { onLost } = this;
    if (onLost === undefined) return false;
    const keys = keysOf(this.#prefix, run);
    if ((await this.#connection.script(TAKE, keys, [this.#writing.lifeMs, this.#channel])) !== 1) return false;
    // It stands on the dead process's roll until it is on this one's.
    await this.#roll.add(run);
    const record = await this.find(run);
    const [again, announced] = await this.#connection.run((redis) => redis.hmget(keys.known, "again", ANNOUNCED));
    if (record === undefined || typeof again !== "string") return true;
    const chain = await chainOf(this.#writing, run);
    const onDone = this.#onDone(run, typeof announced === "string");
    const writer = new RedisRunWriter(run, {}, this.#writing, { chain, onDone, from: record.next });
    this.#writers.set(run, writer);
    onLost({ writer, record, again });
    return true;
  }

  /** Ends a run whose writer is dead. */
  async #bury(run: string): Promise<Buried> {
    const buried = await buryRun(this.#writing, run);
    if (buried !== "ended") return buried;
    const writer = await this.#connection.run((redis) => redis.hget(keysOf(this.#prefix, run).known, "writer"));
    if (writer !== null) await this.#announcer.takeUp(run, writer);
    return buried;
  }

  /** What is done when a run is over that this process wrote. One that stays on the roll is seen to when this process is gone. */
  #onDone(run: string, announced: boolean): (isStored: boolean) => void {
    return (isStored) => {
      if (!this.#writers.delete(run)) return;
      if (!announced) this.#roll.remove(run).catch(() => {});
      else if (isStored) this.#announcer.announce(run).catch(() => {});
    };
  }

  /** Nobody reads it after all. */
  #release(remote: RemoteRun): void {
    const nobody = new RedisRunReader(remote, -1, 0);
    remote.add(nobody);
    nobody.cancel();
  }

  readonly #onAsked = (text: string | undefined): void => {
    // What was asked while nobody listened is in the answer to the next sign of life.
    if (text === undefined) return;
    const [run = "", ...reason] = text.split("\n");
    this.#writers.get(run)?.stop(reason.join("\n"));
  };
}
