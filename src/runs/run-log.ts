import type { Batch } from "../stream/batch-source.js";
import type { Envelope } from "../stream/envelope.js";
import type { SluiceError } from "../stream/error.js";

/** What is stored with a run when it begins. */
export interface OpenRun {
  /** Whatever whoever finds the run again must know of it: its owner, the model, the request. */
  meta?: Readonly<Record<string, string>>;
  /** A name (a chat, a thread) under which the newest run is found again without its id. */
  thread?: string;
  /** A name under which all runs that are kept are listed. */
  group?: string;
  /** The earlier run that this one goes on from, which is then kept for as long as this one. One that is not kept is ignored. */
  follows?: string;
  /** What is noted of it from its beginning, by names. */
  notes?: Readonly<Record<string, string>>;
  /** Whether its end is announced: `onEnded` of the log is called with it. Default false. */
  announced?: boolean;
  /** Whether the writer waits where its only reader in this process is far behind. Default true. */
  paced?: boolean;
  /** What another process needs to make the run once more, if this one dies. Default: the run then ends with `run-lost`. */
  again?: string;
  /** Whether it goes on where nobody reads it: then it is made once more although nobody does. Default false. */
  goesOn?: boolean;
}

/** `running` until the log has its end. */
export type RunState = "running" | "finished" | "failed";

/** What a log knows of a run beside its events. */
export interface RunRecord {
  /** The run's id. */
  run: string;
  /** Whether it goes on, and how it ended. */
  state: RunState;
  /** The number of the oldest event that can still be read. */
  first: number;
  /** The number that the next event will have. */
  next: number;
  /** In ms since the epoch. */
  startedAt: number;
  /** In ms since the epoch; absent while it runs. */
  endedAt?: number;
  /** As it was given when the run began. */
  meta: Readonly<Record<string, string>>;
  /** What was noted of it since, by names. */
  notes: Readonly<Record<string, string>>;
}

/** Which events to read. */
export interface ReadRun {
  /** The number of the last event that the reader has. Default -1: all of them. */
  after?: number;
}

/** Reads a run's entries in order, those that are there and then those that come. */
export interface RunReader {
  /**
   * The next entry, or `undefined` after the one that ended the run. One that is there is returned without a promise. Not
   * called again while a promise is pending.
   *
   * @throws {SluiceError} `run-expired` when the entry is not kept any more; `store-failed`.
   */
  next(): Envelope | undefined | Promise<Envelope | undefined>;
  /** The reader leaves. A pending `next` gives `undefined`. */
  cancel(): void;
}

/** Writes a run's log: the only one who may. */
export interface RunWriter {
  /** The run's id. */
  readonly run: string;
  /**
   * Why the run is to end, once it is: somebody stopped it (`cancelled`), or another writer took it over (`conflict`), after which
   * nothing is written any more.
   */
  readonly stopped: SluiceError | undefined;
  /** Called when the run is to end. */
  onStopped: ((reason: SluiceError) => void) | undefined;
  /** Called each time the last reader in this process has left a run that goes on. */
  onDeserted: (() => void) | undefined;
  /**
   * Appends events; returns a promise where the writer should wait: its only reader is far behind, or the store.
   *
   * @throws {SluiceError} `conflict` where another writer has taken over, or the run has ended.
   */
  append(events: Batch): void | Promise<void>;
  /** Ends the log with an error. One that ended with a `finish` needs no other end. */
  fail(error: SluiceError): void;
  /** Reads what this writer writes, from memory. */
  read(options?: ReadRun): RunReader;
  /** Resolves when everything that was appended is stored. */
  flushed(): Promise<void>;
}

/** A run whose process is gone, and that this process has taken over. */
export interface LostRun {
  /** Goes on with its log. It must append to it or fail it. */
  writer: RunWriter;
  /** What is known of it; `next` is the number of the first event that comes now. */
  record: RunRecord;
  /** As it was given when the run began. */
  again: string;
}

/**
 * Where runs are logged. An ended run stays readable for a time, with those that it follows and those that follow it; one that
 * grows beyond its share of bytes loses its oldest entries, and a reader that needs them gets `run-expired`.
 */
export interface RunLog {
  /**
   * Begins a run.
   *
   * @throws {SluiceError} `conflict` when there is one with this id.
   */
  open(run: string, options?: OpenRun): Promise<RunWriter>;
  /**
   * Reads a run from any number, whoever writes it.
   *
   * @throws {SluiceError} `not-found`; `run-expired` where the events after the number are not kept any more;
   *   `invalid-argument` for an invalid number.
   */
  read(run: string, options?: ReadRun): Promise<RunReader>;
  /** What is known of a run; `undefined` when there is none, or it is forgotten. */
  find(run: string): Promise<RunRecord | undefined>;
  /** The id of the newest run of a thread; `undefined` when there is none. */
  newestOf(thread: string): Promise<string | undefined>;
  /** The ids of the runs of a group that are kept, in no order. */
  runsOf(group: string): Promise<string[]>;
  /**
   * Notes something of a run, whoever writes it, for as long as it is kept; `undefined` takes a note back.
   *
   * @returns whether there is such a run.
   */
  note(run: string, name: string, value: string | undefined): Promise<boolean>;
  /**
   * Resolves when there is a run, whoever begins it: at once where there is already.
   *
   * @throws the signal's reason, as soon as it is aborted.
   */
  begun(run: string, signal: AbortSignal): Promise<void>;
  /**
   * Asks the writer to end a run, wherever it is. Its log then ends with the error `cancelled`.
   *
   * @param reason for people.
   * @returns whether it was running.
   */
  stop(run: string, reason?: string): Promise<boolean>;
  /** Forgets a run that has ended; whether there was one. */
  forget(run: string): Promise<boolean>;
  /**
   * Called with each run that this process has taken over: its own gave no sign of life, somebody reads it here or it goes on
   * without, it was opened with `again`, and nobody has taken it over before. Must not throw. Absent: such a run ends with
   * `run-lost`, as all others do.
   */
  onLost?: ((lost: LostRun) => void) | undefined;
  /**
   * Called with each run that was opened with `announced` and has ended: by the process that wrote it, or by another where that
   * died before the promise was resolved. At least once, therefore, and now and then twice. Where it rejects it is called again,
   * three times in all; and three processes try it at most. A log in memory, which is gone with its process, calls it once.
   */
  onEnded?: ((run: string) => Promise<void>) | undefined;
  /** Frees what time has made worthless. Costs little; called now and then by whoever keeps the log. */
  sweep(): void;
  /** Frees connections. Writers must have ended. */
  close(): Promise<void>;
}

/** How long and how much of a run is kept. */
export interface Retention {
  /**
   * How long an ended run can be read, in ms; runs that follow one another from when the last of them ended, in Redis for up to half as
   * long again. Default 300,000.
   */
  keepMs?: number;
  /** Of one run, in bytes as it is stored; the oldest entries go first. Default 4 MiB. */
  maxRunBytes?: number;
}

export const DEFAULT_RETENTION: Required<Retention> = { keepMs: 300_000, maxRunBytes: 4 * 1_024 * 1_024 };
