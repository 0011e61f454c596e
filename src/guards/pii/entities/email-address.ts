import { HAS, type Rule } from "../entity.js";

const LETTER = "A-Za-z0-9\\u00c0-\\u024f";

/** Names of image files for dense screens, such as `logo@2x.png`. */
const DENSE_IMAGE = /@\d(?:\.\d)?x\.(?:png|jpe?g|gif|webp|svg|avif)$/i;

/** E-mail addresses (RFC 5321) with the signs that are in use in the local part, a dotted domain and an alphabetic TLD. */
export const emailAddressRule: Rule = {
  entity: "EMAIL_ADDRESS",
  pattern: new RegExp(
    `(?<![${LETTER}._%+\\-])[${LETTER}_](?:[${LETTER}._%+'&#$\\-]{0,63})@(?:[${LETTER}\\-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])`,
    "g",
  ),
  needs: HAS.at,
  // The address of a git repository is a URL in all but its form.
  accept: (value, _, after) => !DENSE_IMAGE.test(value) && !(value.startsWith("git@") && /^:\S/.test(after)),
};
