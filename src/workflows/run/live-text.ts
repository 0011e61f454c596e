import { SluiceError } from "../../stream/error.js";

/** A reader's place: which writing of the text it reads, and how far it is. */
interface Place {
  generation: number;
  at: number;
}

/** Text of a step while it is written, for steps that read it before it is whole. Each reader sees all of it. */
export class LiveText {
  #pieces: string[] = [];
  #generation = 0;
  #reason = "";
  #waiting: (() => void)[] = [];
  #writers: (() => void)[] = [];
  #end: { error?: unknown } | undefined;
  readonly #readers = new Set<Place>();

  /** Pieces that may wait for the slowest reader before the writer waits. */
  static readonly bound = 256;

  write(piece: string): void | Promise<void> {
    this.#pieces.push(piece);
    if (this.#readers.size === 0) return undefined;
    wake(this.#waiting);
    let slowest = this.#pieces.length;
    for (const { at } of this.#readers) slowest = Math.min(slowest, at);
    if (this.#pieces.length - slowest < LiveText.bound) return undefined;
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  /** What was written is void, and it begins anew. */
  retract(reason: string): void {
    this.#generation++;
    this.#reason = reason;
    this.#pieces = [];
    wake(this.#waiting);
    wake(this.#writers);
  }

  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    wake(this.#waiting);
    wake(this.#writers);
  }

  /**
   * Reads it from its beginning.
   *
   * @param onRetract called when what was read is void, and reading begins anew; without it, reading fails.
   */
  async *read(onRetract?: (reason: string) => void): AsyncGenerator<string, void> {
    const place: Place = { generation: this.#generation, at: 0 };
    this.#readers.add(place);
    try {
      for (;;) {
        if (place.generation !== this.#generation) this.#beginAnew(place, onRetract);
        const piece = this.#pieces[place.at];
        if (piece !== undefined) {
          place.at++;
          wake(this.#writers);
          yield piece;
        } else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return;
        } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      this.#readers.delete(place);
      wake(this.#writers);
    }
  }

  #beginAnew(place: Place, onRetract: ((reason: string) => void) | undefined): void {
    const read = place.at > 0;
    place.generation = this.#generation;
    place.at = 0;
    if (!read) return;
    if (onRetract === undefined) throw new SluiceError("retracted", `what was read was taken back: ${this.#reason}`);
    onRetract(this.#reason);
  }
}

function wake(sleepers: (() => void)[]): void {
  if (sleepers.length === 0) return;
  for (const resume of sleepers.splice(0)) resume();
}
