import { ObjectReader } from "./object-reader.js";

/** Reads the JSON text of a value as it arrives, without what may stand around it. */
export class JsonTextReader extends ObjectReader<string> {
  #start: number | undefined;
  #end = Number.POSITIVE_INFINITY;
  #begun = false;
  /** The last sign before the JSON was known to have begun. */
  #before = "";

  override begin(offset: number): void {
    super.begin(offset);
    this.#start = offset;
  }

  end(offset: number): void {
    this.#end = offset;
  }

  piece(piece: string, offset: number): void {
    const start = this.#start;
    if (start === undefined) {
      this.#before = piece.trimEnd().at(-1) ?? this.#before;
      return;
    }
    const text = piece.slice(Math.max(start - offset, 0), Math.max(this.#end - offset, 0));
    // Among prose, a bracket is known as the beginning when what follows it has come, maybe in a later piece.
    const missing = start < offset && !this.#begun ? this.#before : "";
    this.#begun = true;
    if (missing + text !== "") this.put(missing + text);
  }

  override restart(reason: string): void {
    this.#start = undefined;
    this.#end = Number.POSITIVE_INFINITY;
    this.#begun = false;
    this.#before = "";
    super.restart(reason);
  }
}
