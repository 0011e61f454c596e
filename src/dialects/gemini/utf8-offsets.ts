/** A stretch of the text. One without `text` is ASCII, where bytes and code units are the same. */
interface Stretch {
  bytes: number;
  units: number;
  text?: string;
}

const ASCII = /^[\0-\x7f]*$/;
/** Small pieces are looked at together. */
const SMALL = 64;
/** Longer stretches are cut, so that finding a place in one is quick. */
const LONGEST = 256;

/**
 * Offsets in a growing text, from UTF-8 bytes, as Google counts, to UTF-16 code units, as JavaScript counts, and back.
 * Keeps no ASCII text.
 */
export class Utf8Offsets {
  readonly #stretches: Stretch[] = [];
  #pieces: string[] = [];
  #length = 0;
  /** Of the stretches. */
  #bytes = 0;
  #units = 0;
  /** Whether the text ends in the first half of a surrogate pair. */
  #half = false;

  /** Length of the text in UTF-16 code units. */
  get units(): number {
    return this.#length;
  }

  push(text: string): void {
    this.#length += text.length;
    if (this.#pieces.push(text) === SMALL) this.#flush();
  }

  /** `undefined` beyond the end of the text. */
  toUnits(bytes: number): number | undefined {
    this.#flush();
    if (bytes < 0 || bytes > this.#bytes) return undefined;
    const { text, bytes: from, units } = this.#find("bytes", bytes);
    if (text === undefined) return units + bytes - from;
    let left = bytes - from;
    let at = 0;
    while (left > 0 && at < text.length) {
      const point = text.codePointAt(at) ?? 0;
      left -= widthOf(point);
      at += point > 0xffff ? 2 : 1;
    }
    return units + at;
  }

  /** `undefined` beyond the end of the text. */
  toBytes(units: number): number | undefined {
    this.#flush();
    if (units < 0 || units > this.#units) return undefined;
    const { text, bytes, units: from } = this.#find("units", units);
    return text === undefined ? bytes + units - from : bytes + byteLength(text.slice(0, units - from));
  }

  #flush(): void {
    if (this.#pieces.length > 0) this.#stretch(this.#pieces.join(""));
    this.#pieces = [];
  }

  #stretch(text: string): void {
    if (ASCII.test(text)) {
      const last = this.#stretches.at(-1);
      if (last === undefined || last.text !== undefined) this.#add(undefined);
      this.#bytes += text.length;
      this.#units += text.length;
      if (text !== "") this.#half = false;
      return;
    }
    for (let at = 0; at < text.length; at += LONGEST) this.#pushOther(text.slice(at, at + LONGEST));
  }

  #pushOther(text: string): void {
    // Two halves that were counted as three bytes each are one character of four.
    const first = text.charCodeAt(0);
    if (this.#half && first >= 0xdc00 && first <= 0xdfff) this.#bytes -= 2;
    this.#add(text);
    this.#bytes += byteLength(text);
    this.#units += text.length;
    const end = text.charCodeAt(text.length - 1);
    this.#half = end >= 0xd800 && end <= 0xdbff;
  }

  #add(text: string | undefined): void {
    this.#stretches.push({ bytes: this.#bytes, units: this.#units, ...(text !== undefined && { text }) });
  }

  /** The last stretch that begins at or before an offset. */
  #find(unit: "bytes" | "units", offset: number): Stretch {
    let low = 0;
    let high = this.#stretches.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#stretches[middle]?.[unit] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#stretches[low] ?? { bytes: 0, units: 0 };
  }
}

function byteLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    length += widthOf(point);
    if (point > 0xffff) at++;
  }
  return length;
}

function widthOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
