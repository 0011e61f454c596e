import { HAS, type Rule } from "../entity.js";

/** Latin, Greek and Cyrillic letters, and digits. */
const LETTER = "A-Za-z0-9\\u00c0-\\u024f\\u0370-\\u052f";

/** A top-level domain, that of an internationalised one as it is written (RFC 5890) or encoded. */
const TOP = "(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}|[\\u0370-\\u052f]{2,24})";

/** Names of image files for dense screens, such as `logo@2x.png`. */
const DENSE_IMAGE = /@\d(?:\.\d)?x\.(?:png|jpe?g|gif|webp|svg|avif)$/i;

/** E-mail addresses (RFC 5321) with the signs that are in use in the local part, and a dotted domain. */
export const emailAddressRule: Rule = {
  entity: "EMAIL_ADDRESS",
  pattern: new RegExp(
    `(?<![${LETTER}._%+\\-])[${LETTER}_](?:[${LETTER}._%+'&#$\\-]{0,63})@(?:[${LETTER}\\-]{1,63}\\.){1,8}${TOP}(?![A-Za-z0-9])`,
    "g",
  ),
  needs: HAS.at,
  // The address of a git repository is a URL in all but its form.
  accept: (value, _, after) => !DENSE_IMAGE.test(value) && !(value.startsWith("git@") && /^:\S/.test(after)),
};
