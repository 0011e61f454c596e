import { HAS, type Rule } from "./entity.js";

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

interface BatchReader {
  start: number;
  end: number;
  rule: Rule;
}

/** How many characters in front of a match its rule is shown. */
const BEFORE = 32;

/**
 * Replaces the entities of a stretch; `undefined` when there are none. Where two match the same characters, the earlier
 * rule wins.
 *
 * @param subject the stretch and what stands before it.
 * @param offset where in `subject` the stretch begins.
 * @param seen what the stretch has, bits of `HAS`; its letters and the number of its digits are looked up here.
 * @param cut whether the stretch ends in the middle of a word.
 */
export function replaceEntities(
  subject: string,
  offset: number,
  seen: number,
  cut: boolean,
  rules: readonly Rule[],
  replace: Replace,
): Replaced | undefined {
  const flags = (seen & HAS.digit) === 0 ? seen : seen | countSigns(subject, offset);
  const claims: BatchReader[] = [];
  for (const rule of rules) {
    if ((rule.needs & flags) === rule.needs) reader(rule, subject, offset, claims);
  }
  if (claims.length === 0) return undefined;
  claims.sort((a, b) => a.start - b.start);
  let text = "";
  let from = offset;
  for (const { start, end, rule } of claims) {
    text += subject.slice(from, start);
    const value = subject.slice(start, end);
    if (rule.rest !== undefined && end === subject.length && (cut || rule.rest === "pem")) {
      return { text, open: { entity: rule.entity, value, rest: rule.rest } };
    }
    text += replace(rule.entity, value);
    from = end;
  }
  return { text: text + subject.slice(from), open: undefined };
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

function reader(rule: Rule, subject: string, offset: number, claims: BatchReader[]): void {
  const { pattern } = rule;
  pattern.lastIndex = offset;
  for (let match = pattern.exec(subject); match !== null; match = pattern.exec(subject)) {
    const start = match.index;
    const end = start + accepted(rule, match[0], subject, start);
    if (end > start && claims.every((other) => end <= other.start || start >= other.end)) {
      claims.push({ start, end, rule });
      pattern.lastIndex = end;
    } else pattern.lastIndex = start + 1;
  }
}

/** How much of a match the rule accepts, in characters. */
function accepted({ accept }: Rule, value: string, subject: string, start: number): number {
  if (accept === undefined) return value.length;
  const verdict = accept(value, subject.slice(Math.max(0, start - BEFORE), start), subject.slice(start + value.length));
  return typeof verdict === "number" ? verdict : verdict ? value.length : 0;
}
