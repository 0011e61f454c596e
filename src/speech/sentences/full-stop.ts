import {
  AFTER_TIMES,
  BEFORE_NUMBERS,
  BEFORE_ORDINALS,
  CLOSING,
  FACULTIES,
  INTRODUCING,
  MONTHS,
  PLACES,
  SHORTENED,
  SMALL_TITLES,
  STARTERS,
  TITLES,
} from "./abbreviations.js";
import { isDigit, isLetter, isLower, isOpener, isSpace, isUpper } from "./characters.js";

/** What is known of a place in a text that may go on. */
export type BoundaryVerdict = "end" | "within" | "more";

/** The longest word that is looked at. */
const LONGEST_WORD = 40;
/** How far back the words of a sentence are counted. */
const LONGEST_LOOK_BACK = 120;

const ACRONYM = /^(?:\p{L}\.)+\p{L}$/u;
const TIME = /^[ap](?:\.m|m)$/;
const ROMAN = /^[IVXLCDM]+$/;
/** A street of German, shortened: `Hauptstr.` */
const STREET = /\p{L}{2}str$/u;
const DOCTOR = /\b(?:Dr|Prof)\.\s*(?:\p{L}+\.\s*)*$/u;
const AT_A_TIME = /^\W*(?:at|by|on|in|around|from|until|till|before|after|between|about)\b/i;

/** What may be the beginning of a sentence. */
export interface Beginning {
  text: string;
  /** Index of the first letter, digit or sign, blanks and opening quotes skipped. */
  next: number;
  /** Whether no more text will come. */
  complete: boolean;
}

/** A full stop in its text: where it stands, where the sentence began, and what comes next. */
export interface FullStop extends Beginning {
  /** Index of the full stop. */
  at: number;
  /** Index of the first character of the sentence that is still in `text`. */
  from: number;
  /** Whether a line feed stands between. */
  newLine: boolean;
}

/** Whether a single full stop with a blank after it ends its sentence: not after a shortened word, an initial or a day. */
export function judgeFullStop(stop: FullStop): BoundaryVerdict {
  const { text, at, next } = stop;
  const word = wordBefore(text, at, stop.from);
  const lower = word.toLowerCase();
  if (BEFORE_NUMBERS.has(lower)) return afterNumberWord(stop);
  if (INTRODUCING.has(lower)) return "within";
  if (TITLES.has(lower) && isUpper(text, at - word.length)) return "within";
  if (SMALL_TITLES.has(lower) && isUpper(text, next)) return "within";
  if (FACULTIES.has(lower) && DOCTOR.test(text.slice(Math.max(stop.from, at - LONGEST_WORD), at - word.length)))
    return "within";
  if (TIME.test(lower)) return afterTime(stop, word);
  if (word.length === 1 && isLetter(word, 0)) return afterInitial(stop, word);
  if (CLOSING.has(lower)) return isUpper(text, next) || stop.newLine ? "end" : "within";
  if (PLACES.has(lower) || SHORTENED.has(lower) || ACRONYM.test(word) || STREET.test(lower)) {
    return stop.newLine && !PLACES.has(lower) ? "end" : endBeforeStarter(stop);
  }
  if (isShortNumber(word) && isUpper(text, next)) return afterShortNumber(stop, word);
  return afterPlainWord(stop, word);
}

/** A word that starts at `at`; `undefined` when more of it may come. */
export function wordAt(text: string, at: number, complete: boolean): string | undefined {
  let end = at;
  while (end < text.length && end - at < LONGEST_WORD && isWordCharacter(text, end)) end++;
  if (end === text.length && end - at < LONGEST_WORD && !complete) return undefined;
  return text.slice(at, end).replaceAll("’", "'");
}

/** Whether what comes next begins a sentence by its look: a capital letter, a digit, a letter of a script without case, a sign. */
export function looksLikeBeginning({ text, next, complete }: Beginning, word: string): BoundaryVerdict {
  if (!isLower(text, next)) {
    const code = text.charCodeAt(next);
    const goesOn = code === 0x2c || code === 0x3b || code === 0x3a || code === 0x29 || code === 0x2d;
    return goesOn || code === 0x2013 || code === 0x2014 ? "within" : "end";
  }
  // Names such as iPhone begin a sentence with a small letter; so do careless writers, after a word that is no short form.
  if (next + 1 === text.length && !complete) return "more";
  if (isUpper(text, next + 1)) return "end";
  return word.length >= 4 && /^[a-z]+$/.test(word) && /[aeiouy]/.test(word) ? "end" : "within";
}

function afterPlainWord(stop: FullStop, word: string): BoundaryVerdict {
  return stop.newLine && !isLower(stop.text, stop.next) ? "end" : looksLikeBeginning(stop, word);
}

function afterNumberWord(stop: FullStop): BoundaryVerdict {
  const { text, at, from, next } = stop;
  // "p. m.", "see fig. below"
  const goesOn = isLower(text, next) && wordBefore(text, at, from).toLowerCase() !== "no";
  if (isDigit(text.charCodeAt(next)) || goesOn) return "within";
  return withNextWord(stop, (found) => !ROMAN.test(found) || found === "I");
}

/** A number is a day before a month, and an ordinal in German: `der 2. Weltkrieg`. */
function afterShortNumber(stop: FullStop, word: string): BoundaryVerdict {
  const { text, at, from } = stop;
  let end = at - word.length;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  const before = wordBefore(text, end, from).toLowerCase();
  return withNextWord(stop, (found) => {
    const next = found.toLowerCase();
    if (MONTHS.has(next) || (before === "am" && CLOSING.has(next))) return false;
    return !BEFORE_ORDINALS.has(before) || STARTERS.has(next);
  });
}

function afterTime(stop: FullStop, word: string): BoundaryVerdict {
  const { text, at, from, next } = stop;
  if (!isUpper(text, next)) return stop.newLine ? "end" : "within";
  const before = text.slice(Math.max(from, at - LONGEST_LOOK_BACK), at - word.length);
  // "At 5 a.m. Mr. Smith …" has said nothing yet that could end there.
  const few = before.trim().split(/\s+/).length < 4 || (AT_A_TIME.test(before) && before.length < 40);
  if (few && from > at - LONGEST_LOOK_BACK) return "within";
  return withNextWord(stop, (found) => !AFTER_TIMES.has(found.toLowerCase()));
}

/** A letter with a full stop is a part of a name ("Albert I. Jones"), unless an everyday word follows ("plan B. It …"). */
function afterInitial(stop: FullStop, word: string): BoundaryVerdict {
  const { text, at, from, next } = stop;
  if (!isUpper(text, next)) return isDigit(text.charCodeAt(next)) && word === "I" ? "end" : "within";
  if (word !== "I") return endBeforeStarter(stop);
  let before = at - 2;
  while (before >= from && isSpace(text.charCodeAt(before))) before--;
  const name = wordBefore(text, before + 1, from);
  return name !== "" && isUpper(name, 0) ? endBeforeStarter(stop) : "end";
}

function endBeforeStarter(stop: FullStop): BoundaryVerdict {
  if (!isUpper(stop.text, stop.next)) return "within";
  return withNextWord(stop, (found) => STARTERS.has(found.toLowerCase()));
}

function withNextWord({ text, next, complete }: FullStop, ends: (word: string) => boolean): BoundaryVerdict {
  const word = wordAt(text, next, complete);
  if (word === undefined) return "more";
  return ends(word) ? "end" : "within";
}

/** The word that ends before `end`, without what stands around it. */
export function wordBefore(text: string, end: number, from: number): string {
  const least = Math.max(from, end - LONGEST_WORD);
  let start = end;
  while (start > least) {
    const code = text.charCodeAt(start - 1);
    if (isSpace(code) || isOpener(code) || code === 0x2f || code === 0x2014) break;
    start--;
  }
  return text.slice(start, end);
}

function isWordCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isLetter(text, at) || code === 0x27 || code === 0x2019;
}

function isShortNumber(word: string): boolean {
  return (
    word.length <= 2 && word.length > 0 && isDigit(word.charCodeAt(0)) && isDigit(word.charCodeAt(word.length - 1))
  );
}
