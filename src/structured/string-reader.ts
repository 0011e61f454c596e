import { ObjectReader } from "./object-reader.js";

/** Reads the text of one string of a value as it arrives: a piece for each delta, escapes resolved. */
export class StringReader extends ObjectReader<string> {
  #text = "";

  text(piece: string): void {
    this.#text += piece;
  }

  piece(): void {
    if (this.#text !== "") this.put(this.#text);
    this.#text = "";
  }

  override restart(reason: string): void {
    this.#text = "";
    super.restart(reason);
  }
}
