import { FULL_WIDTH, FULL_WIDTH_FORMS, INVISIBLE, isInvisible, SMALL_FORMS } from "./char-kind.js";
import { SPELLED_SIGNS, signOf } from "./spelled-sign.js";

/** Underscores of emphasis: on one side of them is a word's first or last character, and none on the other. */
const EMPHASIS = /(?<![\w\\])_{1,3}(?=[\p{L}\p{N}+(])|(?<=[\p{L}\p{N})])_{1,3}(?!\w|[*`~<]{1,4}\w)/gu;
/** Forms of full width, small ones, and characters that are not seen, as a class of a regular expression has them. */
const FORMS = [FULL_WIDTH_FORMS, ...INVISIBLE]
  .map(([first, last]) => `${String.fromCharCode(first)}-${String.fromCharCode(last)}`)
  .concat(Object.keys(SMALL_FORMS))
  .join("");
/**
 * What stands for one character: an escape of Markdown, of a text in a program (`\n`, `\u0040`), of a URL (`%40`) or of HTML
 * (`&#64;`, `&commat;`), also where these were escaped once more, a form of full width (`＠`), or one that is not seen, for
 * none.
 */
const ESCAPE = new RegExp(
  '\\\\(?:u[\\da-fA-F]{4}|x[\\da-fA-F]{2}|[nrtfbv0"\'](?=[\\w+("])|[-_.@+()#*~<>[\\]:])' +
    "|%(?:25){0,2}(?:20|2[89BbDdEe]|3[Aa]|40|5[Ff])" +
    "|&(?:amp;)?(?:#(?:\\d{2,7}|[xX][\\da-fA-F]{2,6})|commat|nbsp|period|plus|hyphen|lpar|rpar|colon|lowbar|shy|zwn?j|lrm|rlm);" +
    `|[${FORMS}]`,
  "g",
);
/** Whether a text may have such; most have none. */
const MAY_ESCAPE = new RegExp(`[\\\\%&${FORMS}]`);

/** Elements of HTML that change how a part of a text looks, or where it may be broken. */
const TAG =
  "</?(?:abbr|b|bdi|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var|wbr)\\s?/?>";
/** A run of marks. Emphasis of underscores is written as stars here. */
const RUN = `(?:\\*{1,3}|\`{1,2}|~~|${TAG})+`;
/** Marks before, behind or between the characters of a value; a run that stands alone is ordinary text. */
const MARKS = new RegExp(
  // Their first characters are what a search passes over most of a text by.
  `(?=[*\`~<])(?:(?<=[^\\s*\`~])${RUN}(?![*\`~])|(?<![*\`~])${RUN}(?=[^\\s*\`~]))`,
  "g",
);
/** Marks at the end of a value, which are not its own. */
const MARKS_BEHIND = new RegExp(`(?:[*\`~_]|==){1,9}$|(?:${TAG}){1,9}$`);

/** A value as it is written, without the marks behind it. */
export function withoutMarksBehind(written: string): string {
  return written.replace(MARKS_BEHIND, "");
}

/** A word without what Markdown and HTML put around it or parts of it, and without escapes. */
export function plainWord(word: string): string {
  if (isUsual(word)) return word;
  return PlainView.of(word).text.replace(WORD_MARKS, "");
}

/** The characters that stand for themselves, by their code: most words have no others. */
const USUAL = new Uint8Array(0x80);
for (const sign of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:;'()@#/+$-")
  USUAL[sign.charCodeAt(0)] = 1;

function isUsual(word: string): boolean {
  for (let at = 0; at < word.length; at++) if (USUAL[word.charCodeAt(at)] !== 1) return false;
  return true;
}

const WORD_MARKS = new RegExp(`${TAG}|[*\`<>]|~~`, "g");

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
  shy: "",
  zwj: "",
  zwnj: "",
  lrm: "",
  rlm: "",
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

  /** The same without what is put between the characters of a value; `undefined` where there is nothing of it. */
  withoutMarks(): PlainView | undefined {
    return this.#replaced(MARKS, () => "");
  }

  /** The same with the signs that are spelled out; `undefined` where there are none. */
  withSigns(): PlainView | undefined {
    return this.#replaced(SPELLED_SIGNS, signOf);
  }

  #replaced(pattern: RegExp, signFor: (match: RegExpExecArray) => string): PlainView | undefined {
    let text = "";
    const places: number[] = [];
    let from = 0;
    const copy = (until: number) => {
      text += this.text.slice(from, until);
      for (; from < until; from++) places.push(this.sourceOf(from));
    };
    for (const match of this.text.matchAll(pattern)) {
      copy(match.index);
      const sign = signFor(match);
      text += sign;
      if (sign !== "") places.push(this.sourceOf(from));
      from += match[0].length;
    }
    if (from === 0) return undefined;
    copy(this.text.length);
    places.push(this.sourceOf(this.text.length));
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
      return String.fromCharCode(Number.parseInt(written.slice(-2), 16));
    case "&":
      return unescapedHtml(written.slice(written.startsWith("&amp;") ? 5 : 1, -1));
    default: {
      const code = written.charCodeAt(0);
      return isInvisible(code) ? "" : (SMALL_FORMS[written] ?? String.fromCharCode(code - FULL_WIDTH));
    }
  }
}

function unescapedHtml(name: string): string {
  if (!name.startsWith("#")) return NAMED[name] ?? "";
  const isHex = name.charAt(1).toLowerCase() === "x";
  const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return isInvisible(code) ? "" : String.fromCharCode(code);
}

function unescapedText(written: string): string {
  const kind = written.charAt(1);
  if (kind === "u" || kind === "x") return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  return /[a-z0"']/.test(kind) ? "\n" : kind;
}
