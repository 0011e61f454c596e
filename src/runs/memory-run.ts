import type { Batch } from "../stream/batch-source.js";
import { type Envelope, endsRun, entryAfter, seqAfter } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { sizeOf } from "./event-size.js";
import { MemoryRunReader } from "./memory-run-reader.js";
import type { OpenRun, ReadRun, RunReader, RunRecord, RunState, RunWriter } from "./run-log.js";

/** How far the only reader may be behind before the writer waits, in bytes. */
const AHEAD_BYTES = 64 * 1_024;

/** One run in this process's memory: its writer, and what its readers read. */
export class MemoryRun implements RunWriter {
  readonly run: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly notes: Map<string, string>;
  /** Whether its end is announced. */
  readonly announced: boolean;
  readonly startedAt = Date.now();
  endedAt: number | undefined;
  onDeserted: (() => void) | undefined;
  onStopped: ((reason: SluiceError) => void) | undefined;
  readonly #paced: boolean;
  readonly #maxBytes: number;
  readonly #onEnd: ((run: MemoryRun) => void) | undefined;
  #state: RunState = "running";
  #stopped: SluiceError | undefined;
  #entries: Envelope[] = [];
  /** For each entry, the bytes of all entries up to its end. */
  #ends: number[] = [];
  /** Entries before the first that is kept. */
  #dropped = 0;
  #first = 0;
  #next = 0;
  #written = 0;
  #freed = 0;
  #metaBytes = 0;
  readonly #readers = new Set<MemoryRunReader>();
  /** Set while the writer waits for its only reader. */
  #resume: (() => void) | undefined;

  /** @param onEnd called when the log has its end. */
  constructor(run: string, options: OpenRun, maxBytes: number, onEnd?: (run: MemoryRun) => void) {
    this.run = run;
    this.meta = options.meta ?? {};
    this.notes = new Map(Object.entries(options.notes ?? {}));
    this.announced = options.announced ?? false;
    for (const value of Object.values(this.meta)) this.#metaBytes += value.length;
    this.#paced = options.paced ?? true;
    this.#maxBytes = maxBytes;
    this.#onEnd = onEnd;
  }

  get stopped(): SluiceError | undefined {
    return this.#stopped;
  }

  get state(): RunState {
    return this.#state;
  }

  get record(): RunRecord {
    const { run, state, meta, startedAt, endedAt } = this;
    const notes = Object.fromEntries(this.notes);
    const known: RunRecord = { run, state, first: this.#first, next: this.#next, startedAt, meta, notes };
    return endedAt === undefined ? known : { ...known, endedAt };
  }

  /** What is kept, in bytes. */
  get bytes(): number {
    return this.#written - this.#freed + this.#metaBytes;
  }

  append(events: Batch): void | Promise<void> {
    this.push({ run: this.run, seq: this.#next, at: Date.now(), events });
    const [reader] = this.#readers;
    if (!this.#paced || reader === undefined || this.#readers.size > 1 || reader.behind <= AHEAD_BYTES) return;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  fail(error: SluiceError): void {
    if (this.#state === "running") this.push({ run: this.run, seq: this.#next, at: Date.now(), error });
  }

  /** Takes one entry, which must be the next. */
  push(envelope: Envelope): void {
    if (this.#state !== "running") throw new SluiceError("conflict", `the run ${this.run} has ended`);
    this.#written += "events" in envelope ? sizeOf(envelope.events) : 256;
    this.#entries.push(envelope);
    this.#ends.push(this.#written);
    this.#next = seqAfter(envelope);
    if (this.#written - this.#freed > this.#maxBytes) this.#trim();
    if (endsRun(envelope)) {
      this.#state = "error" in envelope ? "failed" : "finished";
      this.endedAt = Date.now();
    }
    for (const reader of this.#readers) reader.wake();
    if (this.#state !== "running") this.#onEnd?.(this);
  }

  stop(reason: SluiceError): boolean {
    if (this.#state !== "running") return false;
    if (this.#stopped === undefined) {
      this.#stopped = reason;
      this.onStopped?.(reason);
    }
    return true;
  }

  read({ after = -1 }: ReadRun = {}): RunReader {
    const reader = new MemoryRunReader(this, this.#indexAfter(after), after);
    this.#readers.add(reader);
    this.paced();
    return reader;
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  /** A reader has left. */
  left(reader: MemoryRunReader): void {
    if (!this.#readers.delete(reader)) return;
    this.#resume?.();
    this.#resume = undefined;
    if (this.#readers.size === 0 && this.#state === "running") this.onDeserted?.();
  }

  /** A reader has gone on, or there are others: the writer need not wait any more. */
  paced(): void {
    if (this.#resume === undefined) return;
    const [reader] = this.#readers;
    if (this.#readers.size === 1 && reader !== undefined && reader.behind > AHEAD_BYTES / 2) return;
    this.#resume();
    this.#resume = undefined;
  }

  /** The entry at an index, counted from the run's first; `undefined` where it is still to come. */
  entry(index: number): Envelope | undefined {
    if (index < this.#dropped) throw this.#expired();
    return this.#entries[index - this.#dropped];
  }

  /** How many bytes were written after the entry before an index. */
  bytesFrom(index: number): number {
    return this.#written - (this.#ends[index - this.#dropped - 1] ?? this.#freed);
  }

  #indexAfter(after: number): number {
    if (after + 1 < this.#first) throw this.#expired();
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const envelope = this.#entries[middle];
      if (envelope !== undefined && entryAfter(envelope, after) === undefined) low = middle + 1;
      else high = middle;
    }
    if (low === this.#entries.length && this.#state === "failed") low--;
    return this.#dropped + low;
  }

  #trim(): void {
    let drop = 0;
    // The newest entry stays whatever its size.
    while (drop < this.#entries.length - 1 && this.#written - (this.#ends[drop] ?? 0) >= this.#maxBytes / 2) drop++;
    if (drop === 0) return;
    this.#freed = this.#ends[drop - 1] ?? this.#freed;
    this.#entries.splice(0, drop);
    this.#ends.splice(0, drop);
    this.#dropped += drop;
    this.#first = this.#entries[0]?.seq ?? this.#next;
  }

  #expired(): SluiceError {
    const message = `the run ${this.run} can be read from event ${this.#first} on; what came before is not kept any more`;
    return new SluiceError("run-expired", message);
  }
}
