import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type Envelope, endsRun, seqAfter, stringifyEnvelope } from "../stream/envelope.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { giveUpRun } from "./bury-run.js";
import { MemoryRun } from "./memory-run.js";
import { keepChain, withLead } from "./redis-chain.js";
import type { RedisConnection } from "./redis-connection.js";
import { entryId, keysOf, type RunKeys } from "./redis-keys.js";
import { APPEND, BEAT, BEGUN, TAKEN } from "./redis-scripts.js";
import type { OpenRun, ReadRun, RunReader, RunState, RunWriter } from "./run-log.js";

/** Events that wait for a write which is under way; beyond, the writer of the run waits. */
const MAX_WAITING = 2_000;

/** How long this process's readers wait for the end to be stored, where Redis does not answer, in ms. */
const END_MS = 1_000;

/** What all writers of a log share. */
export interface RedisWriting {
  connection: RedisConnection;
  /** Begins all keys. */
  prefix: string;
  /** Events are collected for this long, in ms, and written as one entry. */
  collectMs: number;
  /** How long a sign of life counts, in ms. */
  lifeMs: number;
  /** How long a run is kept of which nothing is heard, in ms: long enough for others to find that its writer is dead. */
  holdMs: number;
  /** How long a run is kept that has ended, in ms. */
  keepMs: number;
  maxRunBytes: number;
}

/** What a writer of one run has of its own. */
export interface RedisRunSettings {
  /** The chain of the runs that this one follows, which are kept as long as it is; absent where it follows none. */
  chain?: string | undefined;
  /** Called when nothing is written any more. @param isStored whether the end is. */
  onDone: (isStored: boolean) => void;
  /** The number of its first event, where the run was taken over. Readers in this process then read it from Redis. */
  from?: number;
}

/** Writes a run to Redis, a few events at a time, and to this process's readers at once. */
export class RedisRunWriter implements RunWriter {
  readonly run: string;
  readonly #keys: RunKeys;
  readonly #shared: RedisWriting;
  readonly #local: MemoryRun;
  readonly #chain: string | undefined;
  readonly #onDone: (isStored: boolean) => void;
  #waiting: ChatEvent[] = [];
  #error: SluiceError | undefined;
  /** The number of the first event that waits. */
  #seq: number;
  readonly #token: string;
  /** Whether nothing comes any more. */
  #closing = false;
  /** Ends the run for this process's readers, once that is stored. */
  #end: (() => void) | undefined;
  #late: NodeJS.Timeout | undefined;
  /** Set while events are collected: does so no longer. */
  #collected: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failure: SluiceError | undefined;
  /** Whether the run was ended for the failure; settles when that is known. */
  #givenUp: Promise<boolean> | undefined;

  constructor(run: string, options: OpenRun, shared: RedisWriting, { chain, onDone, from }: RedisRunSettings) {
    this.run = run;
    this.#seq = from ?? 0;
    this.#token = from === undefined ? BEGUN : TAKEN;
    this.#keys = keysOf(shared.prefix, run);
    this.#shared = shared;
    this.#local = new MemoryRun(run, options, shared.maxRunBytes);
    this.#chain = chain;
    this.#onDone = onDone;
  }

  /** Whether all of the run was written here. */
  get isWhole(): boolean {
    return this.#token === BEGUN;
  }

  get stopped(): SluiceError | undefined {
    return this.#local.stopped;
  }

  get onStopped(): ((reason: SluiceError) => void) | undefined {
    return this.#local.onStopped;
  }

  set onStopped(stopped: ((reason: SluiceError) => void) | undefined) {
    this.#local.onStopped = stopped;
  }

  get onDeserted(): (() => void) | undefined {
    return this.#local.onDeserted;
  }

  set onDeserted(deserted: (() => void) | undefined) {
    this.#local.onDeserted = deserted;
  }

  append(events: Batch): void | Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing) throw new SluiceError("conflict", `the run ${this.run} has ended`);
    const last = events.at(-1);
    const ends = last?.type === "finish";
    const before = ends ? events.slice(0, -1) : events;
    const paced = before.length > 0 ? this.#local.append(before) : undefined;
    for (const event of events) this.#waiting.push(event);
    if (ends) this.#close(() => void this.#local.append([last]));
    else if (this.#writing === undefined) this.#timer ??= setTimeout(this.#write, this.#shared.collectMs);
    if (this.#waiting.length <= MAX_WAITING) return paced;
    this.#write();
    return this.#writing?.then(() => paced);
  }

  fail(error: SluiceError): void {
    if (this.#closing) return;
    if (this.#failure === undefined) this.#error = error;
    this.#close(() => this.#local.fail(error));
  }

  read(options?: ReadRun): RunReader {
    return this.#local.read(options);
  }

  async flushed(): Promise<void> {
    this.#write();
    while (this.#writing !== undefined) await this.#writing;
    const isStored = this.#failure === undefined || (await this.#givenUp) === true;
    if (this.#closing) this.#onDone(isStored);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Somebody asked for the run's end. */
  stop(reason: string): void {
    this.#local.stop(new SluiceError("cancelled", reason));
  }

  /** Tells everybody that this writer lives. */
  async beat(): Promise<void> {
    const { lifeMs, connection } = this.#shared;
    await this.#ask(() => connection.script(BEAT, this.#keys, [this.#token, lifeMs, this.#heldMs]));
    await this.keepEarlier();
  }

  /** How long this run is kept while it goes on, in ms: as long as those that it follows. */
  get #heldMs(): number {
    const { holdMs } = this.#shared;
    return this.#chain === undefined ? holdMs : withLead(holdMs);
  }

  /** Keeps the runs that this one follows while it goes on. */
  async keepEarlier(): Promise<void> {
    await this.#keepChain(this.#shared.holdMs);
  }

  /** Keeps the runs that this one follows for at least so many ms; for how many it is to be kept itself. */
  async #keepChain(ms: number): Promise<number> {
    const chain = this.#chain;
    if (chain === undefined) return ms;
    try {
      return await keepChain(this.#shared, chain, ms, this.#heldMs);
    } catch {
      // The next sign of life does it, where Redis cannot do it now.
      return ms;
    }
  }

  /** The end is stored first: who has heard of it here asks another replica next, and has to find the same. */
  #close(end: () => void): void {
    this.#closing = true;
    this.#end = end;
    if (this.#failure !== undefined) this.#endHere();
    else {
      this.#late = setTimeout(() => this.#endHere(), END_MS);
      this.#collected?.();
      this.#write();
    }
  }

  #endHere(): void {
    clearTimeout(this.#late);
    const end = this.#end;
    this.#end = undefined;
    end?.();
  }

  readonly #write = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing === undefined && this.#hasMore) this.#writing = this.#writeAll();
  };

  /** Whether something waits to be written, and can be. */
  get #hasMore(): boolean {
    return this.#failure === undefined && (this.#waiting.length > 0 || this.#error !== undefined);
  }

  /** Writes what waits, and what comes to wait meanwhile. */
  async #writeAll(): Promise<void> {
    try {
      for (let envelope = this.#take(); envelope !== undefined; envelope = this.#take()) {
        await this.#append(envelope);
        if (!this.#hasMore) return;
        if (!this.#closing) await this.#collect();
      }
    } finally {
      // In one go with the last look: what comes later begins anew.
      this.#writing = undefined;
    }
  }

  /** Waits for what is collected, or for the end. */
  #collect(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#shared.collectMs);
      this.#collected = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #take(): Envelope | undefined {
    const entry = { run: this.run, seq: this.#seq, at: Date.now() };
    const events = this.#waiting;
    if (events.length > 0) {
      this.#waiting = [];
      this.#seq += events.length;
      return { ...entry, events };
    }
    const error = this.#error;
    this.#error = undefined;
    return error && { ...entry, error };
  }

  async #append(envelope: Envelope): Promise<void> {
    const { connection, maxRunBytes, keepMs } = this.#shared;
    const state: RunState = "error" in envelope ? "failed" : endsRun(envelope) ? "finished" : "running";
    const place = [this.#token, envelope.seq, seqAfter(envelope), entryId(envelope.seq), stringifyEnvelope(envelope)];
    // Those before it first: it is kept longest, by a moment, as without it they would look as if it had never been.
    const kept = state === "running" ? this.#heldMs : await this.#keepChain(keepMs);
    const values = [...place, state, Date.now(), maxRunBytes, kept, this.#keys.entries];
    await this.#ask(() => connection.script(APPEND, this.#keys, values));
    if (state !== "running" || this.#failure !== undefined) this.#endHere();
  }

  /** Runs a script that answers with what is asked of the writer. */
  async #ask(script: () => Promise<unknown>): Promise<void> {
    try {
      const asked = await script();
      if (typeof asked === "string" && asked !== "") this.stop(asked);
    } catch (thrown) {
      const fenced = messageOf(thrown).includes("FENCED");
      if (fenced && this.#closing && this.#waiting.length === 0) return;
      if (this.#failure === undefined) this.#fail(fenced, thrown);
    }
  }

  /** Nothing is written any more. */
  #fail(fenced: boolean, cause: unknown): void {
    const message = `another has ended the run ${this.run}, because this writer gave no sign of life`;
    const failure = fenced ? new SluiceError("conflict", message, { cause }) : SluiceError.from(cause);
    this.#failure = failure;
    // Who reads it elsewhere is told why, where that much can be written; else it is found without a sign of life.
    if (!fenced) this.#givenUp = giveUpRun(this.#shared, this.run, failure, this.#token).catch(() => false);
    this.#local.stop(failure);
  }
}
