import { HAS, type Phrase, type Rule } from "../entity.js";
import { SPACE } from "./signs.js";

/** Boxes at an English-speaking post office. */
export const poBoxRule: Rule = {
  entity: "PO_BOX",
  pattern: new RegExp(
    `(?<!\\w)(?:(?:G\\.?)?P\\.?[${SPACE}]?O\\.?[${SPACE}]?(?:Box|Drawer|B\\b\\.?)|Post(?:al)?[${SPACE}]?(?:Office[${SPACE}])?Box)[:${SPACE}]{0,2}(?:#|No\\.?[${SPACE}]?)?[A-Z]?\\d{1,8}(?:-\\d{1,5})?(?![\\w-])`,
    "gi",
  ),
  needs: HAS.digit | HAS.phrase | HAS.letter,
};

const BOX_WORD = /^(?:p\.?|(?:g\.?)?p\.?o\.?|post|postal|postbox|p\.?o\.?b\.?|p\.?o\.?box:?)$/i;

/** `P. O. Box 12`, `PO Box #12`, `Post Office Box 12`. */
export const poBoxPhrase: Phrase = {
  opens: BOX_WORD,
  begin: (word) => (word !== "p" && BOX_WORD.test(word) ? 1 : 0),
  next: (state, word) => (state < 4 && /^(?:o\.?|office|box:?|drawer|no\.?|#)$/i.test(word) ? state + 1 : 0),
};
