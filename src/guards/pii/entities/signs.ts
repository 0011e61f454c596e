/** White space inside an entity, as the body of a character class. */
export const SPACE = " \\t\\u00a0\\u2009\\u202f";

/** Hyphens and dashes as they are written in numbers, as the body of a character class. */
export const HYPHEN = "\\-\\u2010-\\u2013";

/** Not in the middle of a word, a number or a path. */
export const NOT_AFTER = `(?<![\\w.,+/#$€£${HYPHEN}])`;

/** Not in the middle of a word or a longer number. */
export const NOT_BEFORE = `(?![\\w%€£]|[.,/${HYPHEN}]\\d)`;

/** An extension behind a telephone number, or nothing. */
export const EXTENSION = `(?:,?[${SPACE}]?(?:x|ext\\.?|extension)[${SPACE}]?\\d{1,6}(?!\\d))?`;

/** A global expression of parts. */
export function expression(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join(""), "g");
}

/** Words that stand before a number and tell what it is, and that a missing blank glues to it. */
const GLUED_LABEL =
  /(?:^|[^A-Za-z])(?:is|was|are|at|on|to|from|no|nr|number|num|phone|tel|mobile|cell|fax|call|ssn|card|visa|mastercard|amex|ip|addr|address)$/i;

/** Whether a number begins here: not in a word, unless the word is its label as in `SSN is488-23-3729`. */
export function standsAlone(before: string): boolean {
  return !/[A-Za-z]$/.test(before) || GLUED_LABEL.test(before);
}
