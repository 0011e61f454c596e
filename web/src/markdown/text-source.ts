import { type ReadonlySignal, signal } from "@preact/signals";
import { BlockStream, type Segment } from "./block-stream.js";
import { flushSoon } from "./frames.js";

/** A text of Markdown that may still be arriving, and its blocks, which follow it once a frame. */
export class TextSource {
  readonly #stream = new BlockStream();
  readonly #segments = signal<readonly Segment[]>([]);
  #ended = false;

  /** A text that is whole, or the beginning of one. */
  constructor(text = "") {
    if (text !== "") this.#stream.push(text);
    flushSoon(this);
  }

  get segments(): ReadonlySignal<readonly Segment[]> {
    return this.#segments;
  }

  push(text: string): void {
    if (this.#ended) return;
    this.#stream.push(text);
    flushSoon(this);
  }

  /** No more will come. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#segments.value = this.#stream.end();
  }

  flush(): void {
    if (!this.#ended) this.#segments.value = this.#stream.flush();
  }

  toString(): string {
    return this.#stream.toString();
  }
}
