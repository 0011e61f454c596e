/** Finds the end that the caller asked for in text that arrives in pieces. Cost is linear in the text. */
export class StopSequences {
  readonly #stops: readonly string[];
  readonly #longest: number;
  #buffered = "";
  #found = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
    this.#longest = Math.max(0, ...stops.map((stop) => stop.length));
  }

  /** Whether one was found: nothing after it is part of the answer. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes a piece and returns what can be emitted: all but an ending that may be the beginning of a stop sequence. */
  push(piece: string): string {
    if (this.#found) return "";
    if (this.#longest === 0) return piece;
    const text = this.#buffered + piece;
    const end = this.#firstStop(text);
    if (end !== undefined) {
      this.#found = true;
      this.#buffered = "";
      return text.slice(0, end);
    }
    const keep = this.#beginning(text);
    this.#buffered = text.slice(keep);
    return text.slice(0, keep);
  }

  /** What is still buffered when the answer is over. */
  end(): string {
    const rest = this.#buffered;
    this.#buffered = "";
    return rest;
  }

  /** Where the answer ends: before the stop sequence that is complete first, the longest of those. */
  #firstStop(text: string): number | undefined {
    let [start, end]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const stop of this.#stops) {
      const place = text.indexOf(stop);
      if (place < 0 || place + stop.length > end) continue;
      start = place + stop.length === end ? Math.min(place, start ?? place) : place;
      end = place + stop.length;
    }
    return start;
  }

  /** Where the longest ending begins that a stop sequence begins with. */
  #beginning(text: string): number {
    for (let start = Math.max(0, text.length - this.#longest + 1); start < text.length; start++) {
      const ending = text.slice(start);
      if (this.#stops.some((stop) => stop.startsWith(ending))) return start;
    }
    return text.length;
  }
}
