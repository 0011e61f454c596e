import type { RedisConnection } from "./redis-connection.js";
import { keysOf } from "./redis-keys.js";
import type { OrphanedRun, RedisWriters } from "./redis-writers.js";

/** What can be done with a run whose process is dead. */
export interface OrphanCare {
  /** Whether this process makes runs once more. */
  takesOver(): boolean;
  /** Makes it once more where that may be; whether it does. */
  take(run: string): Promise<boolean>;
  /** Ends it; whether it has ended. */
  bury(run: string): Promise<boolean>;
  /** Announces the end of one that has ended; whether there is nothing more to do. */
  announce(run: string, writer: string): Promise<boolean>;
}

/** Looks for runs whose process died and that nobody reads, and sees to them. Those that are read are seen to by who reads them. */
export class OrphanSweep {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #writers: RedisWriters;
  readonly #care: OrphanCare;
  readonly #timer: NodeJS.Timeout;
  #sweeping = false;

  constructor(
    connection: RedisConnection,
    settings: { prefix: string; pollMs: number },
    writers: RedisWriters,
    care: OrphanCare,
  ) {
    this.#connection = connection;
    this.#prefix = settings.prefix;
    this.#writers = writers;
    this.#care = care;
    this.#timer = setInterval(() => void this.#sweep(), settings.pollMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      // One that Redis refuses to see to does not keep the others from it.
      for (const orphan of await this.#writers.orphans()) await this.#see(orphan).catch(() => {});
    } catch {
      // A Redis that cannot be reached is asked again.
    } finally {
      this.#sweeping = false;
    }
  }

  async #see({ run, writer }: OrphanedRun): Promise<void> {
    const { known, entries } = keysOf(this.#prefix, run);
    const [[state, goesOn], again, [, readers]] = await this.#connection.run((redis) =>
      Promise.all([
        redis.hmget(known, "state", "goesOn"),
        redis.hexists(known, "again"),
        redis.pubsub("NUMSUB", entries),
      ]),
    );
    if (state !== "running") return this.#finish({ run, writer });
    if (Number(readers) > 0) return;
    const wanted = goesOn === "1" && again === 1;
    // Whoever makes runs once more looks for it as well.
    if (wanted && !this.#care.takesOver()) return;
    if (wanted && (await this.#care.take(run))) await this.#writers.remove(run, writer);
    else if (await this.#care.bury(run)) await this.#finish({ run, writer });
  }

  async #finish({ run, writer }: OrphanedRun): Promise<void> {
    if (await this.#care.announce(run, writer)) await this.#writers.remove(run, writer);
  }
}
