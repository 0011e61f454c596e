import { FULL_WIDTH, isInvisible } from "./char-kind.js";

/** Underscores of emphasis: on one side of them is a word's first or last character, and none on the other. */
const EMPHASIS = /(?<![\w\\])_{1,3}(?=[\p{L}\p{N}+(])|(?<=[\p{L}\p{N})])_{1,3}(?!\w)/gu;
/**
 * What stands for one character: an escape of Markdown, of a text in a program (`\n`, `\u0040`), of a URL (`%40`) or of HTML
 * (`&#64;`, `&commat;`), a form of full width (`＠`), or one that is not seen, for none.
 */
const ESCAPE =
  /\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|[nrtfbv0"'](?=[\w+("])|[-_.@+()#*~<>[\]:])|%(?:20|2[89BbDdEe]|3[Aa]|40|5[Ff])|&(?:#(?:\d{2,5}|[xX][\da-fA-F]{2,4})|commat|nbsp|period|plus|hyphen|lpar|rpar|colon|lowbar);|[\uff01-\uff5e]|[\u00ad\u200b-\u200d\u2060\ufeff]/g;
/** Whether a text may have such; most have none. */
const MAY_ESCAPE = /[\\%&\u00ad\u200b-\u200d\u2060\ufeff\uff01-\uff5e]/;
/** The characters that HTML has names for and that entities are made of. */
const NAMED: Readonly<Record<string, string>> = {
  commat: "@",
  nbsp: " ",
  period: ".",
  plus: "+",
  hyphen: "-",
  lpar: "(",
  rpar: ")",
  colon: ":",
  lowbar: "_",
};

/**
 * A text as patterns are to see it: what Markdown puts around and before characters is white space or nothing, and
 * characters that are written as escapes stand for themselves. Places are mapped back to the text.
 */
export class PlainView {
  readonly text: string;
  /** Where each character of `text` stands, and the end; `undefined` where both have the same places. */
  readonly #places: readonly number[] | undefined;

  private constructor(text: string, places?: readonly number[]) {
    this.text = text;
    this.#places = places;
  }

  static asWritten(source: string): PlainView {
    return new PlainView(source);
  }

  static of(source: string): PlainView {
    const plain = source.includes("_") ? source.replace(EMPHASIS, (run) => "*".repeat(run.length)) : source;
    return MAY_ESCAPE.test(plain) ? PlainView.#withoutEscapes(plain) : new PlainView(plain);
  }

  static #withoutEscapes(source: string): PlainView {
    let text = "";
    const places: number[] = [];
    let from = 0;
    const copy = (until: number) => {
      text += source.slice(from, until);
      for (; from < until; from++) places.push(from);
    };
    for (const { 0: written, index } of source.matchAll(ESCAPE)) {
      copy(index);
      const sign = unescaped(written);
      text += sign;
      if (sign !== "") places.push(index);
      from = index + written.length;
    }
    if (from === 0) return new PlainView(source);
    copy(source.length);
    places.push(source.length);
    return new PlainView(text, places);
  }

  /** Whether characters were written as escapes. */
  get escaped(): boolean {
    return this.#places !== undefined;
  }

  /** Where the character of the view stands in the text. */
  sourceOf(at: number): number {
    return this.#places?.[at] ?? at;
  }

  /** Where a place of the text is in the view: at the character that is or begins there, or the next one. */
  placeOf(source: number): number {
    const places = this.#places;
    if (places === undefined) return source;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? 0) < source) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function unescaped(written: string): string {
  switch (written.charAt(0)) {
    case "\\":
      return unescapedText(written);
    case "%":
      return String.fromCharCode(Number.parseInt(written.slice(1), 16));
    case "&":
      return unescapedHtml(written.slice(1, -1));
    default: {
      const code = written.charCodeAt(0);
      return isInvisible(code) ? "" : String.fromCharCode(code - FULL_WIDTH);
    }
  }
}

function unescapedHtml(name: string): string {
  if (!name.startsWith("#")) return NAMED[name] ?? "";
  const isHex = name.charAt(1).toLowerCase() === "x";
  return String.fromCharCode(isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function unescapedText(written: string): string {
  const kind = written.charAt(1);
  if (kind === "u" || kind === "x") return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  return /[a-z0"']/.test(kind) ? "\n" : kind;
}
