import { uuid } from "../base/uuid.js";
import type { Batch } from "../stream/batch-source.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { having, jsonObject } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import type { Usage } from "../stream/usage.js";
import type { LostRun, OpenRun, ReadRun, RunLog, RunReader, RunWriter } from "./run-log.js";
import { checkStartRun } from "./run-options.js";

/** Settings of `startRun`. */
export interface StartRun extends Omit<OpenRun, "paced" | "goesOn"> {
  /** The run's id. Default: a random UUID. */
  run?: string;
  /**
   * `false`: nobody need read it, and it goes as fast as it comes, whoever reads. Default true: it goes as fast as its only
   * reader, the first of which is there from the beginning: `read` of the run gives it.
   */
  attended?: boolean;
  /** What happens when the last reader in this process leaves: the run ends, or goes on without. Default `stop`. */
  onLeave?: "stop" | "continue";
  /** Sees each batch before it is logged. Must not throw. */
  onBatch?: (events: Batch) => void;
}

/** How a run ended. */
export interface RunOutcome {
  /** Tokens, as far as they are known. */
  usage: Usage;
  /** Absent where the run finished. */
  error?: SluiceError;
}

/** A run that this process writes. */
export interface Run {
  /** Its id. */
  readonly id: string;
  /** Reads it from memory. */
  read(options?: ReadRun): RunReader;
  /** Ends it, as if somebody had stopped it through the log. */
  stop(reason?: string): void;
  /** Resolves when the run is over and all of it is stored. Never rejects. */
  readonly done: Promise<RunOutcome>;
}

/** How many batches in a row are taken without giving others a turn, where a stream has them all at once. */
const TURN = 64;

const LOG = having("a run log, for example new MemoryRunLog()", "open");
const STREAM = having("a ChatStream, as stream() gives it", "batches");

/**
 * Runs a stream into a log: at the pace of its only reader, or as it comes if there is none or several.
 *
 * @throws {SluiceError} `conflict` when there is a run with this id; `invalid-argument` for a log or stream of another kind, and
 *   for unknown options.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { MemoryRunLog, startRun } from "sluice/runs";
 *
 * const log = new MemoryRunLog();
 * const run = await startRun(log, stream("openai/gpt-5-mini", "Hi"), { attended: false });
 * await run.done;
 * console.log(run.id);
 * ```
 */
export async function startRun(log: RunLog, stream: ChatStream, options: StartRun = {}): Promise<Run> {
  LOG(log, "log");
  STREAM(stream, "stream");
  checkStartRun(options);
  const { run: id = uuid(), onLeave = "stop", attended = true, onBatch, ...open } = options;
  const opening = { ...open, paced: attended, goesOn: onLeave === "continue" || !attended };
  const pump = new Pump(stream, await log.open(id, opening), { onLeave, onBatch });
  let first = attended ? pump.writer.read() : undefined;
  const done = pump.run();
  return {
    id,
    read(options) {
      if (first === undefined || options?.after !== undefined) return pump.writer.read(options);
      const reader = first;
      first = undefined;
      return reader;
    },
    stop: (reason = "the run was stopped") => pump.stop(new SluiceError("cancelled", reason)),
    done,
  };
}

/**
 * Makes a run that was taken over once more: its earlier output is retracted, and the stream follows.
 *
 * @param onBatch sees each batch of the stream before it is logged. Must not throw.
 * @throws {SluiceError} `invalid-argument` for a run or a stream that is none.
 * @returns how it ended, when all of it is stored. Never rejects.
 */
export function runAgain(lost: LostRun, stream: ChatStream, onBatch?: (events: Batch) => void): Promise<RunOutcome> {
  jsonObject(lost, "lost");
  STREAM(stream, "stream");
  const { writer, record } = lost;
  if (record.next > 0) {
    void writer.append([{ type: "retract", reason: "the process that wrote the answer is gone; another begins anew" }]);
  }
  return new Pump(stream, writer, { onLeave: "continue", onBatch }).run();
}

interface PumpSettings {
  onLeave: "stop" | "continue";
  onBatch: ((events: Batch) => void) | undefined;
}

/** Carries what a stream says into a log. */
class Pump {
  readonly writer: RunWriter;
  readonly #stream: ChatStream;
  readonly #onBatch: ((events: Batch) => void) | undefined;
  /** Resolves when the run is to end, whatever its reader is at. */
  readonly #stopping: Promise<void>;
  #wake = () => {};
  #reason: SluiceError | undefined;

  constructor(stream: ChatStream, writer: RunWriter, { onLeave, onBatch }: PumpSettings) {
    this.#stream = stream;
    this.writer = writer;
    this.#onBatch = onBatch;
    this.#stopping = new Promise((resolve) => {
      this.#wake = resolve;
    });
    if (onLeave === "stop") writer.onDeserted = () => this.stop(new SluiceError("cancelled", "the reader left"));
  }

  stop(reason: SluiceError): void {
    this.#reason ??= reason;
    this.#stream.cancel(reason);
    this.#wake();
  }

  async run(): Promise<RunOutcome> {
    this.writer.onStopped = (reason) => this.stop(reason);
    if (this.writer.stopped !== undefined) this.stop(this.writer.stopped);
    const error = await this.#copy();
    this.writer.onStopped = undefined;
    this.writer.onDeserted = undefined;
    try {
      if (error !== undefined) this.writer.fail(error);
      await this.writer.flushed();
    } catch (thrown) {
      return this.#outcome(error ?? SluiceError.from(thrown));
    }
    return this.#outcome(error);
  }

  /** The error that ended the stream, if one did. */
  async #copy(): Promise<SluiceError | undefined> {
    const source = this.#stream.batches();
    try {
      for (let taken = 1; ; taken++) {
        const pulled = source.next();
        const batch = pulled instanceof Promise ? await pulled : pulled;
        if (batch === undefined) return undefined;
        this.#onBatch?.(batch);
        const full = this.writer.append(batch);
        if (full instanceof Promise) await Promise.race([full, this.#stopping]);
        else if (!(pulled instanceof Promise) && taken % TURN === 0) await new Promise(setImmediate);
      }
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      source.cancel(error);
      const { partial } = error;
      return this.#reason === undefined ? error : this.#reason.with(partial === undefined ? {} : { partial });
    }
  }

  async #outcome(error: SluiceError | undefined): Promise<RunOutcome> {
    if (error === undefined) return { usage: await this.#stream.usage };
    return { usage: error.partial?.usage ?? {}, error };
  }
}
