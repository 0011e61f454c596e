import type { Batch, BatchSource } from "../stream/batch-source.js";
import { SluiceError } from "../stream/error.js";
import { guardFailed } from "./guard-failed.js";

/** The source of a guard, whose own failures have its name. Those of what it reads are `SluiceError`s already. */
export class NamedSource implements BatchSource {
  readonly #source: BatchSource;
  readonly #guard: string;

  constructor(source: BatchSource, guard: string) {
    this.#source = source;
    this.#guard = guard;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    try {
      const pulled = this.#source.next();
      return pulled instanceof Promise ? pulled.catch(this.#rethrow) : pulled;
    } catch (thrown) {
      return this.#rethrow(thrown);
    }
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
  }

  readonly #rethrow = (thrown: unknown): never => {
    throw thrown instanceof SluiceError ? thrown : guardFailed(this.#guard, thrown);
  };
}
