import { parseJson } from "../base/json.js";
import { type Envelope, envelopeOf } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import type { Buried } from "./bury-run.js";
import type { RedisConnection } from "./redis-connection.js";
import type { RunKeys } from "./redis-keys.js";
import type { RedisRunReader } from "./redis-run-reader.js";

/** How often Redis may refuse to end a run whose writer is dead before its readers are told. */
const MOST_REFUSED = 3;

/** A run that another process writes, as the readers in this process share it: what is published of it is parsed once. */
export class RemoteRun {
  readonly run: string;
  readonly keys: RunKeys;
  readonly connection: RedisConnection;
  readonly #readers = new Set<RedisRunReader>();
  readonly #timer: NodeJS.Timeout;
  readonly #take: () => Promise<boolean>;
  readonly #bury: () => Promise<Buried>;
  readonly #onDeserted: () => void;
  #heard = false;
  /** How often in a row Redis has refused to end it. */
  #refused = 0;

  /**
   * @param pollMs how often to look whether the writer lives, where nothing is heard.
   * @param take takes over the run, where its writer is dead and that may be; whether it did.
   * @param bury ends the run, where its writer is dead.
   * @param onDeserted is called when the last reader has left.
   */
  constructor(
    run: string,
    keys: RunKeys,
    connection: RedisConnection,
    pollMs: number,
    { take, bury, onDeserted }: { take: () => Promise<boolean>; bury: () => Promise<Buried>; onDeserted: () => void },
  ) {
    this.run = run;
    this.keys = keys;
    this.connection = connection;
    this.#take = take;
    this.#bury = bury;
    this.#onDeserted = onDeserted;
    this.#timer = setInterval(() => void this.#poll(), pollMs);
    this.#timer.unref();
  }

  /** Hears what is published from when it resolves. */
  listen(): Promise<void> {
    return this.connection.listen(this.keys.entries, this.#onMessage);
  }

  add(reader: RedisRunReader): void {
    this.#readers.add(reader);
  }

  left(reader: RedisRunReader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    clearInterval(this.#timer);
    this.connection.unlisten(this.keys.entries, this.#onMessage);
    this.#onDeserted();
  }

  readonly #onMessage = (text: string | undefined): void => {
    this.#heard = true;
    const envelope = text === undefined ? undefined : parsed(text);
    for (const reader of [...this.#readers]) reader.offer(envelope);
  };

  /** Takes over or ends the run where its writer is dead; readers look whether they missed something. */
  async #poll(): Promise<void> {
    if (this.#heard) {
      this.#heard = false;
      this.#refused = 0;
      return;
    }
    try {
      if (await this.#take()) return;
      const buried = await this.#bury();
      this.#refused = 0;
      for (const reader of [...this.#readers]) {
        if (buried === "missing")
          reader.fail(new SluiceError("run-expired", `the run ${this.run} is not kept any more`));
        else reader.offer(undefined);
      }
    } catch (thrown) {
      // It may be no more than a moment: a replica becomes the primary, a disk is full.
      if (++this.#refused < MOST_REFUSED) return;
      for (const reader of [...this.#readers]) reader.fail(SluiceError.from(thrown));
    }
  }
}

function parsed(text: string): Envelope | undefined {
  try {
    return envelopeOf(parseJson(text));
  } catch {
    // Whoever reads the log finds the same entry there, with its error.
    return undefined;
  }
}
