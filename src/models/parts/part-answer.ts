import type { LazyAbort } from "../../base/lazy-abort.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent, Emit } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Deadlines } from "../http/deadlines.js";
import type { BatchedReader } from "./batched-reader.js";

/** An answer that has begun. */
export interface OpenedAnswer<Part> {
  parts: BatchedReader<Part>;
  reader: PartReader<Part>;
}

/** Turns the parts of an answer into events. One for each answer. */
export interface PartReader<Part> {
  /** Whether `finish` has been emitted. */
  readonly finished: boolean;
  /** @throws {SluiceError} the error that a part says; `malformed-frame` for a part that cannot be read. */
  push(part: Part, emit: Emit): void;
}

/** What an answer shares with its call. */
export interface PartAnswerSettings {
  deadlines: Deadlines;
  /** Ends a read that waits. */
  abort: LazyAbort;
  /** What was thrown, in our terms. */
  readError: (thrown: unknown) => SluiceError;
}

/** The events of one answer. The parts that are there together are one batch. */
export class PartAnswer<Part> implements BatchSource {
  readonly #parts: BatchedReader<Part>;
  readonly #reader: PartReader<Part>;
  readonly #settings: PartAnswerSettings;
  #out: ChatEvent[] = [];
  /** Thrown once the events before it have been handed out. */
  #failure: SluiceError | undefined;

  constructor({ parts, reader }: OpenedAnswer<Part>, settings: PartAnswerSettings) {
    this.#parts = parts;
    this.#reader = reader;
    this.#settings = settings;
  }

  async next(): Promise<Batch | undefined> {
    while (this.#out.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#reader.finished) return undefined;
      await this.#read();
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  cancel(reason: unknown): void {
    this.#parts.cancel(reason);
  }

  /** Takes the next parts. */
  async #read(): Promise<void> {
    const { deadlines, abort, readError } = this.#settings;
    try {
      deadlines.waiting();
      const parts = await abort.race(this.#parts.read());
      deadlines.arrived();
      if (parts === undefined) {
        throw new SluiceError("truncated", "the model's stream ended without a finish", { retryable: true });
      }
      for (const part of parts) this.#reader.push(part, this.#emit);
      if (this.#reader.finished) this.#finish();
    } catch (thrown) {
      this.#failure = readError(thrown);
    }
  }

  readonly #emit = (event: ChatEvent): void => {
    this.#out.push(event);
  };

  /** The answer is complete: what follows it is dropped. */
  #finish(): void {
    this.#settings.deadlines.stop();
    this.#parts.cancel(new Error("the answer is complete"));
  }
}
