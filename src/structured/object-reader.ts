import type { BatchReader } from "../stream/batch-source.js";
import { callable, exactly } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { BatchIterator } from "../stream/readers.js";
import type { AnswerObserver } from "./json-answer.js";
import { formatPath, type JsonPath } from "./json-path.js";
import type { ObjectAnswer } from "./object-answer.js";

/** Settings of a reader of partial values. */
export interface ReadObjectOptions {
  /**
   * Called when what was already read is void: another model takes over, or the answer is repaired, and begins anew.
   * Without it, reading ends with error code `retracted`.
   */
  onRetract?: (reason: string) => void;
}

const OPTIONS = exactly("a reader of a value", { onRetract: callable });

/** Reads the pieces of a value as they arrive. Ends with the error where the answer is not valid. */
export abstract class ObjectReader<T> extends BatchIterator<T> implements AnswerObserver {
  readonly path: JsonPath;
  readonly #answer: ObjectAnswer;
  readonly #onRetract: ((reason: string) => void) | undefined;
  #bits: T[] = [];
  #next = 0;
  #begun = false;
  /** Whether anything was handed out since the value began. */
  #emitted = false;
  #void: string | undefined;

  constructor(reader: BatchReader, answer: ObjectAnswer, path: JsonPath, options: ReadObjectOptions = {}) {
    super(reader);
    OPTIONS(options, "");
    this.path = path;
    this.#answer = answer;
    this.#onRetract = options.onRetract;
    answer.observe(this);
  }

  begin(_offset: number): void {
    // Where an object has a key twice, the last one counts.
    if (this.#begun) this.restart(`${formatPath(this.path)} came twice`);
    this.#begun = true;
  }

  restart(reason: string): void {
    this.#bits = [];
    this.#next = 0;
    this.#begun = false;
    if (this.#emitted) this.#void = reason;
    this.#emitted = false;
  }

  /** Puts a bit where the reader finds it. */
  protected put(bit: T): void {
    this.#bits.push(bit);
  }

  protected take(): T | undefined {
    if (this.#void !== undefined) this.#takeBack(this.#void);
    if (this.#next < this.#bits.length) {
      this.#emitted = true;
      return this.#bits[this.#next++];
    }
    this.#bits = [];
    this.#next = 0;
    return undefined;
  }

  protected override over(): void {
    const error = this.#answer.outcome?.error;
    if (error !== undefined) throw error;
  }

  #takeBack(reason: string): void {
    this.#void = undefined;
    if (this.#onRetract === undefined) {
      throw new SluiceError("retracted", `what was read is void: ${reason}; pass onRetract to go on`);
    }
    this.#onRetract(reason);
  }
}
