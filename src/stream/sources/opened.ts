import type { BatchSource, BatchTaker } from "../batch-source.js";
import { SluiceError } from "../error.js";
import { nextThen, readInto } from "../read-into.js";
import type { Pulled } from "./transform.js";

/**
 * A source that is opened when it is first read.
 *
 * @param open may wait: a reader who leaves meanwhile does not, and what is opened then is cancelled.
 * @param onLeave called when the reader leaves before or after the source is open.
 */
export function opened(
  open: () => BatchSource | Promise<BatchSource>,
  onLeave?: (reason: unknown) => void,
): BatchSource {
  return new OpenedSource(open, onLeave);
}

class OpenedSource implements BatchSource {
  #open: (() => BatchSource | Promise<BatchSource>) | undefined;
  readonly #onLeave: ((reason: unknown) => void) | undefined;
  #source: BatchSource | undefined;
  #left: SluiceError | undefined;
  #leave: ((error: SluiceError) => void) | undefined;

  constructor(open: () => BatchSource | Promise<BatchSource>, onLeave?: (reason: unknown) => void) {
    this.#open = open;
    this.#onLeave = onLeave;
  }

  next(): Pulled {
    if (this.#source !== undefined) return this.#source.next();
    if (this.#left !== undefined) throw this.#left;
    const open = this.#open;
    if (open === undefined) throw new SluiceError("protocol", "a source that could not be opened is read again");
    this.#open = undefined;
    const opening = open();
    if (opening instanceof Promise) return this.#wait(opening);
    this.#source = opening;
    return opening.next();
  }

  get passesOn(): BatchSource | undefined {
    return this.#source;
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    return this.#source === undefined ? nextThen(this, taker) : readInto(this.#source, taker);
  }

  cancel(reason: unknown): void {
    if (this.#left !== undefined) return;
    this.#left = SluiceError.from(reason, "cancelled");
    this.#onLeave?.(reason);
    this.#source?.cancel(reason);
    this.#leave?.(this.#left);
  }

  #wait(opening: Promise<BatchSource>): Promise<Awaited<Pulled>> {
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      opening
        .then((source) => {
          // It would keep the first batch for as long as the stream lasts.
          this.#leave = undefined;
          if (this.#left === undefined) {
            this.#source = source;
            resolve(source.next());
          } else {
            source.cancel(this.#left);
          }
        })
        .catch(reject);
    });
  }
}
