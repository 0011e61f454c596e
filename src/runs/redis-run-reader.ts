import { parseJson } from "../base/json.js";
import { type Envelope, endsRun, envelopeOf, newsAfter, seqAfter } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { entryId } from "./redis-keys.js";
import type { RemoteRun } from "./remote-run.js";
import type { RunReader } from "./run-log.js";

/** Entries that are kept for a reader that is at something else; beyond, it reads them from Redis. */
const MAX_QUEUED = 64;
/** Entries that are read at once. */
const PAGE = 200;

/** Reads a run that another process writes. */
export class RedisRunReader implements RunReader {
  readonly #remote: RemoteRun;
  readonly #after: number;
  #queue: Envelope[] = [];
  /** The number after those in the queue: that of the event to read next. */
  #queuedUpTo: number;
  /** Whether the log may have more than the queue. */
  #stale = true;
  #first = true;
  #ended = false;
  #failure: SluiceError | undefined;
  #wake: (() => void) | undefined;

  /** @param after the number of the last event that the reader has. @param at where to begin. */
  constructor(remote: RemoteRun, after: number, at: number) {
    this.#remote = remote;
    this.#after = after;
    this.#queuedUpTo = at;
  }

  next(): Envelope | undefined | Promise<Envelope | undefined> {
    return this.#shift() ?? (this.#ended ? undefined : this.#wait());
  }

  cancel(): void {
    this.#leave();
    this.#queue = [];
    this.#wake?.();
  }

  /** Something was published; `undefined` where it is not known what. */
  offer(envelope: Envelope | undefined): void {
    if (this.#stale) return;
    if (envelope === undefined || envelope.seq > this.#queuedUpTo || this.#queue.length >= MAX_QUEUED) {
      this.#stale = true;
    } else if (envelope.seq === this.#queuedUpTo) {
      this.#push(envelope);
    } else return;
    this.#wake?.();
  }

  fail(error: SluiceError): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  async #wait(): Promise<Envelope | undefined> {
    for (;;) {
      const entry = this.#shift();
      if (entry !== undefined || this.#ended) return entry;
      if (this.#failure !== undefined) {
        this.#leave();
        throw this.#failure;
      }
      if (this.#stale) await this.#fetch();
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }

  /** The next entry of the queue that says something new. */
  #shift(): Envelope | undefined {
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      if (endsRun(entry)) this.#leave();
      const news = newsAfter(entry, this.#after);
      if (news !== undefined) return news;
    }
    return undefined;
  }

  #push(envelope: Envelope): void {
    this.#queue.push(envelope);
    this.#queuedUpTo = seqAfter(envelope);
  }

  /** Reads a page of the log from where the queue ends. */
  async #fetch(): Promise<void> {
    // Whatever is published from now on is noticed.
    this.#stale = false;
    const { connection, keys } = this.#remote;
    const at = this.#queuedUpTo;
    try {
      let from = entryId(at);
      if (this.#first) {
        // The number may stand in the middle of an entry.
        const [around] = await connection.run((redis) => redis.xrevrange(keys.log, from, "-", "COUNT", 1));
        from = around?.[0] ?? from;
        this.#first = false;
      }
      const page = await connection.run((redis) => redis.xrange(keys.log, from, "+", "COUNT", PAGE));
      for (const [, fields] of page) this.#accept(envelopeOf(parseJson(fields[1] ?? "")));
      if (page.length === PAGE) this.#stale = true;
    } catch (thrown) {
      this.#failure = SluiceError.from(thrown);
    }
  }

  #accept(envelope: Envelope): void {
    // What was published meanwhile is in the page, too.
    if (seqAfter(envelope) <= this.#queuedUpTo) return;
    if (envelope.seq > this.#queuedUpTo) {
      const message = `the run ${this.#remote.run} can be read from event ${envelope.seq} on; what came before is not kept any more`;
      throw new SluiceError("run-expired", message);
    }
    this.#push(envelope);
  }

  #leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#remote.left(this);
  }
}
