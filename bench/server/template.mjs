import { ID, ID_DIGITS } from "../id.mjs";

/** Bytes of an answer in which the answer's id is still to be set. */
export class Template {
  #bytes;
  /** @type {number[]} where the digits of the id begin. */
  #ids = [];

  constructor(/** @type {Buffer} */ bytes) {
    this.#bytes = bytes;
    const digits = ID.length - ID_DIGITS;
    for (let at = bytes.indexOf(ID); at !== -1; at = bytes.indexOf(ID, at + ID.length)) this.#ids.push(at + digits);
  }

  /** The bytes of one answer. */
  fill(/** @type {number} */ answer) {
    const filled = Buffer.from(this.#bytes);
    const digits = Buffer.from(String(answer).padStart(ID_DIGITS, "0"));
    for (const at of this.#ids) filled.set(digits, at);
    return filled;
  }
}
