import { isDigit, isLetter, isUpper } from "./characters.js";

/** The number or letter of a list's item, and how it is written. */
interface Marker {
  value: number;
  style: string;
}

const OPENING = /^\s*(?:[•⁃]\s*)?(?:(\d{1,3})|(\p{L}))(\.\)|[.)])\s/u;
const MARKER = /^(?:(\d{1,3})|(\p{L}))(\.\)|[.)])(?=\s)/u;
/** What has come of an item when it is not known yet how it goes on. */
const UNFINISHED = /^(?:(?:\d{1,3}|\p{L})(?:[.)]|\.\))?\s?)?$/u;

/** The characters of a sentence that tell whether it begins as an item. */
export const LONGEST_OPENING = 12;

/** Whether a sentence begins as an item of a list that may go on within the line. */
export function beginsAsItem(opening: string): boolean {
  return OPENING.test(opening);
}

/** Whether a number or a letter with a stop or a bracket stands here, or may: a cheap look before the thorough ones. */
export function isItemNext(text: string, at: number): boolean {
  const second = text.charCodeAt(at + 1);
  if (at + 1 < text.length && second !== 0x2e && second !== 0x29 && !isDigit(second)) return false;
  return isDigit(text.charCodeAt(at)) || isLetter(text, at);
}

/** Whether more text is needed to tell whether an item begins here. */
export function mayBecomeItem(text: string, at: number): boolean {
  return text.length - at < LONGEST_OPENING && UNFINISHED.test(text.slice(at));
}

/**
 * Whether another item of the same list begins here, on the same line: `2)` in a sentence that began with `1)`. Initials of a
 * name (`J. K. Rowling`) are no items: nothing stands between them.
 *
 * @param length how much of the sentence stands before `at`.
 */
export function nextItemBegins(opening: string, text: string, at: number, length: number): boolean {
  const first = OPENING.exec(opening);
  if (first === null || length <= first[0].length) return false;
  const found = MARKER.exec(text.slice(at, at + LONGEST_OPENING));
  if (found === null) return false;
  const before = markerOf(first);
  const here = markerOf(found);
  if (here.style !== before.style || here.value !== before.value + 1) return false;
  const next = at + found[0].length + 1;
  return isUpper(text, next) || isDigit(text.charCodeAt(next));
}

function markerOf([, number, letter = "", style = ""]: RegExpExecArray): Marker {
  if (number !== undefined) return { value: Number(number), style: `1${style}` };
  return { value: letter.codePointAt(0) ?? 0, style: `a${style}` };
}
