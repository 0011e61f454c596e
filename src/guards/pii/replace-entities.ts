import { isSpelledAddress } from "./entities/spelled-address.js";
import { HAS, type Rule } from "./entity.js";
import { PlainView, withoutMarksBehind } from "./plain-view.js";

/** What to write for an entity. */
export type Replace = (entity: string, value: string) => string;

/** What came of a stretch. */
export interface Replaced {
  text: string;
  /** An entity that reaches to the end and may go on behind it; it is not in `text`. */
  open: OpenEntity | undefined;
}

/** The beginning of an entity, and how its rest is recognised. */
export interface OpenEntity {
  entity: string;
  value: string;
  rest: "token" | "pem";
}

/** A stretch of text that is searched. */
export interface Stretch {
  /** The stretch and what stands before it. */
  subject: string;
  /** Where in `subject` the stretch begins. */
  offset: number;
  /** Where its first word begins; before `offset` where the beginning of the word has gone out already. */
  begun: number;
  /** Whether the stretch ends in the middle of a word. */
  cut: boolean;
  /** What the stretch has, bits of `HAS`; its letters and the number of its digits are looked up here. */
  seen: number;
}

interface Found {
  start: number;
  end: number;
  rule: Rule;
}

/** What may be written as an escape. */
const ESCAPED = HAS.digit | HAS.at | HAS.colon | HAS.colons;
/** How many characters in front of a match its rule is shown. */
const BEFORE = 32;

/**
 * Replaces the entities of a stretch; `undefined` when there are none. Where two match the same characters, the earlier
 * rule wins.
 */
export function replaceEntities(
  { subject, offset, begun, cut, seen }: Stretch,
  rules: readonly Rule[],
  replace: Replace,
): Replaced | undefined {
  const plain = PlainView.of(subject);
  const spelled = (seen & HAS.spelled) === 0 ? undefined : plain.withSigns();
  const known = plain.escaped || spelled !== undefined ? seen | ESCAPED : seen;
  const flags = (known & HAS.digit) === 0 ? known : known | countSigns(plain.text, plain.placeOf(begun));
  // The lines of a key in PEM form may end with escapes, which belong to it.
  const asWritten = PlainView.asWritten(subject);
  const found: Found[] = [];
  for (const rule of rules) {
    if ((rule.needs & flags) === rule.needs) find(rule, rule.rest === "pem" ? asWritten : plain, begun, found);
  }
  const marked = spelled ?? plain;
  const unmarked = MARKED.test(marked.text) ? marked.withoutMarks() : undefined;
  if (spelled !== undefined) findParted(spelled, subject, begun, rules, flags, found);
  if (unmarked !== undefined) findParted(unmarked, subject, begun, rules, flags, found);
  // What has gone out already cannot be taken back: the rest of the entity is replaced.
  const entities = found.filter(({ end }) => end > offset).sort((a, b) => a.start - b.start);
  if (entities.length === 0) return undefined;
  let text = "";
  let from = offset;
  for (const { start, end, rule } of entities) {
    text += subject.slice(from, start);
    const value = subject.slice(Math.max(start, offset), end);
    if (rule.rest !== undefined && end === subject.length && (cut || rule.rest === "pem")) {
      return { text, open: { entity: rule.entity, value, rest: rule.rest } };
    }
    text += replace(rule.entity, value);
    from = end;
  }
  return { text: text + subject.slice(from), open: undefined };
}

/** What may stand between the characters of a value. */
const MARKED = /[*`~<]/;

/** Adds what is found in a view that leaves out, or reads as others, some characters of the text. */
function findParted(
  view: PlainView,
  subject: string,
  begun: number,
  rules: readonly Rule[],
  flags: number,
  found: Found[],
): void {
  const parted: Found[] = [];
  for (const rule of rules) {
    if (rule.rest !== "pem" && (rule.needs & flags) === rule.needs) find(rule, view, begun, parted);
  }
  for (const { start, end, rule } of parted) {
    const written = withoutMarksBehind(subject.slice(start, end));
    if (rule.entity === "EMAIL_ADDRESS" && !isSpelledAddress(written)) continue;
    addParted({ start, end: start + written.length, rule }, found);
  }
}

/** Adds a value that marks part. It stands in the place of what was found of it without them. */
function addParted(parted: Found, found: Found[]): void {
  const { start, end } = parted;
  const others = found.filter((other) => other.start < end && other.end > start);
  const isMore = others.every(
    (other) => other.start >= start && other.end <= end && end - start > other.end - other.start,
  );
  if (!isMore) return;
  for (const other of others) found.splice(found.indexOf(other), 1);
  found.push(parted);
}

/** Looks at the signs once for all rules: most stretches of digits are too short or stand too far from words. */
function countSigns(subject: string, offset: number): number {
  let flags = 0;
  let digits = 0;
  for (let at = 0; at < subject.length; at++) {
    const code = subject.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      if (at >= offset) digits++;
    } else if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code > 0xbf) flags |= HAS.letter;
  }
  if (digits >= 7) flags |= HAS.digits7;
  if (digits >= 9) flags |= HAS.digits9;
  if (digits >= 13) flags |= HAS.digits13;
  return flags;
}

function find(rule: Rule, view: PlainView, begun: number, found: Found[]): void {
  const { pattern } = rule;
  const { text } = view;
  pattern.lastIndex = view.placeOf(begun);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const at = match.index;
    const length = accepted(rule, match[0], text, at);
    const start = view.sourceOf(at);
    const end = view.sourceOf(at + length);
    if (length > 0 && found.every((other) => end <= other.start || start >= other.end)) {
      found.push({ start, end, rule });
      pattern.lastIndex = at + length;
    } else pattern.lastIndex = at + 1;
  }
}

/** How much of a match the rule accepts, in characters. */
function accepted({ accept }: Rule, value: string, subject: string, start: number): number {
  if (accept === undefined) return value.length;
  const verdict = accept(value, subject.slice(Math.max(0, start - BEFORE), start), subject.slice(start + value.length));
  return typeof verdict === "number" ? verdict : verdict ? value.length : 0;
}

/** The placeholder of an entity. */
export function placeholderOf(entity: string): string {
  return `<${entity}>`;
}
