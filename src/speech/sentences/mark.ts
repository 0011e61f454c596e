import { EXCLAIMED, JOINED_STARTERS } from "./abbreviations.js";
import {
  isCloser,
  isDigit,
  isFirmMark,
  isLetter,
  isLower,
  isMark,
  isOpener,
  isQuote,
  isSpace,
  isUpper,
} from "./characters.js";
import { type BoundaryVerdict, judgeFullStop, looksLikeBeginning, wordAt, wordBefore } from "./full-stop.js";

/** Where a sentence ends: after this index; or that it goes on; or that more text is needed to tell. */
export type Boundary = number | "within" | "more";

const FULL_STOP = 0x2e;
const LINE_FEED = 0x0a;
const BRACKET = 0x5b;
/** How much of a run of marks, closers or blanks is looked at: a longer one tells no more. */
const LONGEST_RUN = 64;
/** A number or letter that begins an item of a list, or a heading. */
const LIST_MARKER = /^[\s#>*_\-•⁃◦▪‣]*(?:\d{1,3}|\p{L}|[ivx]{1,5}|[IVX]{1,5})$/u;
const WIDE_STOP = 0xff0e;
/** Signs that close a quote where another sign opened it, and open one elsewhere: `„…“`, `‚…‘`, `»…«`. */
const CLOSES = new Map([
  ["“", "„"],
  ["‘", "‚"],
  ["«", "»"],
]);
/** How far back a quote is looked for that is open: less than the splitter keeps. */
const LONGEST_QUOTE = 250;
const LONGEST_TAG = 12;
const CLOSING_TAG = /^<\/[a-z][a-z0-9]{0,8}>/;
const OPENING_TAG = /^<[a-z][a-z0-9]{0,9}>/;

interface Run {
  text: string;
  complete: boolean;
}

/**
 * Whether a mark ends its sentence, and where the next one begins: after closing quotes, brackets, footnotes and blanks.
 *
 * @param text as far as it has come.
 * @param at the index of the mark.
 * @param from the index at which the sentence began.
 * @param complete whether no more text will come.
 */
export function judgeMark(text: string, at: number, from: number, complete: boolean): Boundary {
  const run: Run = { text, complete };
  const before = text.charCodeAt(at - 1);
  if (before === BRACKET || (before === 0x28 && at > from)) return "within";
  const marks = endOfMarks(run, at);
  if (marks === undefined) return "more";
  if (beginsSentence(text, at, from)) return "within";
  const closed = endOfClosers(run, marks.end, from);
  if (closed === undefined) return "more";
  if (closed === text.length) return complete ? "within" : "more";
  if (!isSpace(text.charCodeAt(closed))) return judgeJoined(run, at, closed, from);
  const { next, lines } = skipBlanks(text, closed);
  if (lines > 1) return next === text.length && !complete && next - closed < LONGEST_RUN ? "more" : next;
  if (next === text.length || next - closed >= LONGEST_RUN) {
    return next - closed >= LONGEST_RUN ? next : complete ? "within" : "more";
  }
  const first = skipOpeners(text, next);
  if (first === text.length && !complete && first - next < LONGEST_RUN) return "more";
  const verdict = judge({ text, complete, at, from, next: first, marks, closed, newLine: lines > 0 });
  if (verdict !== "end") return verdict;
  return marks.spacedAfter === undefined ? next : marks.spacedAfter;
}

/** Whether nothing but blanks stands before the mark: an ellipsis that begins a sentence does not end it. */
function beginsSentence(text: string, at: number, from: number): boolean {
  let before = at - 1;
  while (before >= from && isSpace(text.charCodeAt(before))) before--;
  return before < from;
}

/** The index after the marks that were judged together with the one at `at`. */
export function afterMarks(text: string, at: number): number {
  return endOfMarks({ text, complete: true }, at)?.end ?? at + 1;
}

/** A mark that needs no blank after it. @param from the index at which the sentence began. */
export function judgeFirmMark(text: string, at: number, from: number, complete: boolean): Boundary {
  const run: Run = { text, complete };
  if (isInTitle(text, at, from)) return "within";
  let end = at + 1;
  if (text.charCodeAt(at) === WIDE_STOP && isWideDigit(text.charCodeAt(at - 1))) {
    if (end === text.length && !complete) return "more";
    if (isWideDigit(text.charCodeAt(end))) return "within";
  }
  while (end < text.length && end - at < LONGEST_RUN && isAnyMark(text.charCodeAt(end))) end++;
  const closed = endOfClosers(run, end, from);
  if (closed === undefined || (closed === text.length && !complete)) return "more";
  const { next } = skipBlanks(text, closed);
  if (next === text.length && !complete && next - closed < LONGEST_RUN) return "more";
  return next;
}

/** Whether a title in `《…》` is open here. */
function isInTitle(text: string, at: number, from: number): boolean {
  const before = text.slice(Math.max(from, at - LONGEST_RUN), at);
  return before.lastIndexOf("《") > before.lastIndexOf("》");
}

function isWideDigit(code: number): boolean {
  return code >= 0xff10 && code <= 0xff19;
}

interface Marks {
  /** After the last mark. */
  end: number;
  /** How many full stops there are, those with blanks between among them. */
  stops: number;
  /** Whether the last mark is a full stop. */
  stopped: boolean;
  /** Blanks stand between some of them, the first of which stands alone. */
  spaced: boolean;
  /** Where the sentence ends when its full stop is followed by an ellipsis of marks with blanks between. */
  spacedAfter?: number;
}

interface Place extends Run {
  at: number;
  from: number;
  next: number;
  marks: Marks;
  closed: number;
  newLine: boolean;
}

function judge(place: Place): BoundaryVerdict {
  const { text, at, from, next, marks, closed, newLine, complete } = place;
  if (at - from < 16 && marks.stopped && marks.stops === 1 && LIST_MARKER.test(text.slice(from, at))) return "within";
  if (marks.stops >= 3 || (marks.spaced && marks.stops > 1) || text.charCodeAt(marks.end - 1) === 0x2026) {
    return afterEllipsis(place);
  }
  const quoted = closed > marks.end;
  if (!marks.stopped) return afterLoudMark(place);
  if (!quoted && marks.stops === 1) return judgeFullStop({ text, at, from, next, newLine, complete });
  if (quoted && text.charCodeAt(next - 1) === 0x28 && isQuote(text.charCodeAt(closed - 1))) return "within";
  return isLower(text, next) ? "within" : looksLikeBeginning(place, "");
}

/** An ellipsis ends a sentence before a capital letter; "I" may as well go on. */
function afterEllipsis({ text, next, marks, complete }: Place): BoundaryVerdict {
  if (marks.stops > 3 && !isLower(text, next)) return "end";
  if (!isUpper(text, next)) return isLetter(text, next) && !isLower(text, next) ? "end" : "within";
  const word = wordAt(text, next, complete);
  if (word === undefined) return "more";
  return word === "I" || word.startsWith("I'") ? "within" : "end";
}

function afterLoudMark(place: Place): BoundaryVerdict {
  const { text, at, from, next, closed, marks } = place;
  if (closed > marks.end && text.charCodeAt(next - 1) === 0x28) return "within";
  if (EXCLAIMED.has(wordBefore(text, at, from).toLowerCase())) return "within";
  return looksLikeBeginning(place, "");
}

/** Without a blank: a sentence ends where a plain word is followed by one that only begins sentences ("done.The"). */
function judgeJoined({ text, complete }: Run, at: number, closed: number, from: number): Boundary {
  if (closed !== at + 1 || !isUpper(text, closed)) return "within";
  const before = wordBefore(text, at, from);
  if (!/^(?:\p{L}?\p{Ll}{2,}|[\d,]+)$/u.test(before)) return "within";
  const word = wordAt(text, closed, complete);
  if (word === undefined) return "more";
  // Nothing but an address has a mark of these between a word and a capital.
  if (text.charCodeAt(at) !== FULL_STOP && word.length > 1 && !isInAddress(text, at, from)) return closed;
  if (!JOINED_STARTERS.has(word.toLowerCase())) return "within";
  const after = closed + word.length;
  if (after === text.length) return complete ? closed : "more";
  const code = text.charCodeAt(after);
  return isSpace(code) || code === 0x2c || code === FULL_STOP ? closed : "within";
}

function isInAddress(text: string, at: number, from: number): boolean {
  const token = text.slice(Math.max(from, at - 100), at);
  return /[/=&@:][^\s]*$/.test(token);
}

/** All marks of a run: `?!`, `...`, and full stops with blanks between. `undefined` when more of it may come. */
function endOfMarks({ text, complete }: Run, at: number): Marks | undefined {
  let end = at;
  let stops = 0;
  let stopped = false;
  while (end < text.length && end - at < LONGEST_RUN && isMark(text.charCodeAt(end))) {
    stopped = text.charCodeAt(end) === FULL_STOP;
    if (stopped) stops++;
    end++;
  }
  if (end === text.length && !complete && end - at < LONGEST_RUN) return undefined;
  const first = end;
  let spaced = isSpace(text.charCodeAt(at - 1));
  while (stopped && end - at < LONGEST_RUN && text.charCodeAt(end) === 0x20) {
    if (end + 1 === text.length && !complete) return undefined;
    if (text.charCodeAt(end + 1) !== FULL_STOP) break;
    // A number such as ".5" is no part of it.
    if (end + 2 === text.length && !complete) return undefined;
    if (isDigit(text.charCodeAt(end + 2))) break;
    end += 2;
    stops++;
  }
  if (end > first && !spaced && stops > 3) return { end, stops, stopped, spaced: true, spacedAfter: first + 1 };
  if (end > first) spaced = true;
  return { end, stops, stopped, spaced };
}

/** After closing quotes and brackets, emphasis and footnotes such as `[1]`. `undefined` when more may come. */
function endOfClosers({ text, complete }: Run, start: number, from: number): number | undefined {
  let at = start;
  while (at < text.length && at - start < LONGEST_RUN) {
    const code = text.charCodeAt(at);
    if (isCloser(code) || closesQuote(text, at, from)) at++;
    else if (isBlankOfQuotes(code)) {
      const end = endOfSpacedQuote({ text, complete }, at);
      if (end === undefined || end === at) return end;
      at = end;
    } else if (code === BRACKET || code === 0x3010) {
      const end = endOfFootnote(text, at);
      if (end === undefined) return complete ? at : undefined;
      if (end === at) return at;
      at = end;
    } else if (code === 0x3c) {
      const end = endOfTag(text, at, CLOSING_TAG);
      if (end === undefined && !complete) return undefined;
      if (end === undefined || end === at) return at;
      at = end;
    } else return at;
  }
  return at === text.length && !complete && at - start < LONGEST_RUN ? undefined : at;
}

/** Whether the sign here closes a quote, where it may open one as well. */
function closesQuote(text: string, at: number, from: number): boolean {
  const closing = text.charAt(at);
  const opening = CLOSES.get(closing);
  if (opening === undefined) return false;
  const before = text.slice(Math.max(from, at - LONGEST_QUOTE), at);
  return before.lastIndexOf(opening) > before.lastIndexOf(closing);
}

/** After ` »` as French has it; the place where it stands if it is not one (German opens with it), `undefined` when more is needed to tell. */
function endOfSpacedQuote({ text, complete }: Run, at: number): number | undefined {
  if (at + 1 === text.length) return complete ? at : undefined;
  if (text.charCodeAt(at + 1) !== 0xbb) return at;
  if (at + 2 === text.length && !complete) return undefined;
  return isLetter(text, at + 2) || isDigit(text.charCodeAt(at + 2)) ? at : at + 2;
}

function isBlankOfQuotes(code: number): boolean {
  return code === 0x20 || code === 0xa0 || code === 0x202f;
}

/** After `[12]`, `[^1]` or `【4†source】`; the place where it stands if it is not one, `undefined` when more is needed to tell. */
function endOfFootnote(text: string, at: number): number | undefined {
  const wide = text.charCodeAt(at) === 0x3010;
  for (let end = at + 1; end - at < 24; end++) {
    if (end >= text.length) return undefined;
    const code = text.charCodeAt(end);
    if (code === (wide ? 0x3011 : 0x5d)) return end > at + 1 ? end + 1 : at;
    const allowed = isDigit(code) || code === 0x5e || code === 0x2c || (wide && code !== LINE_FEED);
    if (!allowed) return at;
  }
  return at;
}

/** After a tag of HTML; the place where it stands if it is not one, `undefined` when more is needed to tell. */
function endOfTag(text: string, at: number, tag: RegExp): number | undefined {
  const found = text.slice(at, at + LONGEST_TAG);
  const [whole] = tag.exec(found) ?? [];
  if (whole !== undefined) return at + whole.length;
  return found.length < LONGEST_TAG && /^<\/?[a-z0-9]*$/.test(found) ? undefined : at;
}

/** The index of what is no blank, and how many line feeds are before it. */
export function skipBlanks(text: string, start: number): { next: number; lines: number } {
  let next = start;
  let lines = 0;
  while (next < text.length && next - start < LONGEST_RUN && isSpace(text.charCodeAt(next))) {
    if (text.charCodeAt(next) === LINE_FEED) lines++;
    next++;
  }
  return { next, lines };
}

/** `text.length` when more may come. */
function skipOpeners(text: string, start: number): number {
  let at = start;
  while (at < text.length && at - start < LONGEST_RUN) {
    if (text.charCodeAt(at) === 0x3c) {
      const end = endOfTag(text, at, OPENING_TAG);
      if (end === undefined) return text.length;
      if (end === at) return at;
      at = end;
    } else if (isOpener(text.charCodeAt(at))) at++;
    else return at;
  }
  return at;
}

function isAnyMark(code: number): boolean {
  return isFirmMark(code) || isMark(code);
}
