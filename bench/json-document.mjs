// The JSON that the models of the object rows say: the same for all rows.

/** Characters of a delta. */
const DELTA = 8;

/**
 * Reads a value while it arrives, and takes every partial value that the library gives. Resolves with how many items the
 * whole value has.
 *
 * @typedef {(document: JsonDocument) => Promise<number>} ReadObject
 */

/** A JSON document with many items. */
export class JsonDocument {
  #text;
  /** How many items it has. */
  items = 0;

  /** @param {number} length about how many characters it has. */
  constructor(length) {
    const items = [];
    for (let size = 0; size < length; this.items++) {
      const item = JSON.stringify({
        id: this.items,
        name: `Item ${this.items}`,
        tags: ["new", "on sale"],
        price: this.items / 4,
        text: 'A "quoted" word,\nand another line.',
      });
      items.push(item);
      size += item.length + 1;
    }
    this.#text = `{"items":[${items.join(",")}]}`;
  }

  get length() {
    return this.#text.length;
  }

  /** The text in small pieces. */
  *deltas() {
    for (let at = 0; at < this.#text.length; at += DELTA) yield this.#text.slice(at, at + DELTA);
  }
}
