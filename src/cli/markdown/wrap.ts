import type { Style } from "../ansi.js";
import { columnsAtMost, graphemesOf, isPlain } from "./columns.js";
import { plainOf, type Span, type Spans } from "./span.js";

/** Words of ASCII up to this long stay whole, so that addresses can be clicked and copied: the terminal breaks them. */
const LONGEST_WORD = 800;

/** Scripts without blanks between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u;
/** What begins no line, and what ends none (JIS X 4051). */
const NO_START = /^[、。，．：；？！）］｝」』】〉》〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥・”’%‰]/u;
const NO_END = /[（［｛「『【〈《〔“‘]$/u;

/**
 * Breaks a text into lines by words. Line ends of the text stay; blanks at a break go.
 *
 * @param width columns of a line.
 * @param hard whether words that are wider than a line are broken as well; else only those that never end.
 */
export function wrap(spans: Spans, width: number, hard = false): Span[][] {
  const lines = new Lines(Math.max(1, width), hard ? Math.max(1, width) : Math.max(LONGEST_WORD, width));
  for (const { text, styles } of spans) {
    for (const piece of text.match(/\n| +|[^\n ]+/g) ?? []) {
      if (piece === "\n") lines.breakLine();
      else if (piece[0] === " ") lines.blank(piece, styles);
      else lines.word(piece, styles);
    }
  }
  return lines.end();
}

class Lines {
  readonly #width: number;
  readonly #longest: number;
  readonly #lines: Span[][] = [];
  #line: Span[] = [];
  #column = 0;
  /** Blanks that are shown only where no line is broken. */
  #gap: Span | undefined;
  #word: Span[] = [];
  #wordColumns = 0;
  /** The end of the word, as far as the next character asks for it. */
  #last = "";

  constructor(width: number, longest: number) {
    this.#width = width;
    this.#longest = longest;
  }

  breakLine(): void {
    this.#place();
    this.#gap = undefined;
    this.#next();
  }

  blank(text: string, styles: readonly Style[]): void {
    this.#place();
    this.#gap = { text: (this.#gap?.text ?? "") + text, styles };
  }

  word(text: string, styles: readonly Style[]): void {
    if (!UNSPACED.test(text) && !UNSPACED.test(this.#last)) {
      this.#add(text, styles);
      return;
    }
    for (const grapheme of graphemesOf(text)) {
      const mayBreak = UNSPACED.test(grapheme) || UNSPACED.test(this.#last);
      if (mayBreak && !NO_START.test(grapheme) && !NO_END.test(this.#last)) this.#place();
      this.#add(grapheme, styles);
    }
  }

  end(): Span[][] {
    this.#place();
    this.#next();
    return this.#lines;
  }

  #add(text: string, styles: readonly Style[]): void {
    this.#last = text.slice(-2);
    join(this.#word, text, styles);
    this.#wordColumns += columnsAtMost(text);
  }

  /** The word is whole: it goes into the line, or into the next. */
  #place(): void {
    if (this.#word.length === 0) return;
    const gap = this.#column === 0 ? undefined : this.#gap;
    const columns = gap?.text.length ?? 0;
    if (this.#column > 0 && this.#column + columns + this.#wordColumns > this.#width) this.#next();
    else if (gap !== undefined) {
      join(this.#line, gap.text, gap.styles);
      this.#column += columns;
    }
    const longest = isPlain(plainOf(this.#word)) ? this.#longest : this.#width;
    if (this.#wordColumns > longest) this.#breakWord();
    else {
      for (const { text, styles } of this.#word) join(this.#line, text, styles);
      this.#column += this.#wordColumns;
    }
    this.#word = [];
    this.#wordColumns = 0;
    this.#gap = undefined;
  }

  /** A word that is too long for any line fills lines. */
  #breakWord(): void {
    for (const { text, styles } of this.#word) {
      for (const grapheme of graphemesOf(text)) {
        const columns = columnsAtMost(grapheme);
        if (this.#column > 0 && this.#column + columns > this.#width) this.#next();
        join(this.#line, grapheme, styles);
        this.#column += columns;
      }
    }
  }

  #next(): void {
    this.#lines.push(this.#line);
    this.#line = [];
    this.#column = 0;
    this.#last = "";
  }
}

/** Adds a text to spans, to the last one where it looks the same. */
function join(spans: Span[], text: string, styles: readonly Style[]): void {
  const last = spans.at(-1);
  const same = last?.styles.length === styles.length && styles.every((style, index) => last.styles[index] === style);
  if (last !== undefined && same) spans[spans.length - 1] = { text: last.text + text, styles };
  else spans.push({ text, styles });
}
