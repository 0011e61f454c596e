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
