import { HAS, type Phrase, type Rule } from "../entity.js";
import { expression, SPACE } from "./signs.js";

/** Boxes at an English-speaking post office. */
export const poBoxRule: Rule = {
  entity: "PO_BOX",
  pattern: new RegExp(
    `(?<!\\w)(?:P\\.?[${SPACE}]?O\\.?[${SPACE}]?Box|Post(?:al)?[${SPACE}](?:Office[${SPACE}])?Box|POB)[:${SPACE}]{0,2}(?:#|No\\.?[${SPACE}]?)?\\d{1,8}(?![\\w-])`,
    "gi",
  ),
  needs: HAS.digit | HAS.phrase,
};

/** `P. O. Box 12`, `PO Box #12`, `Post Office Box 12`. */
export const poBoxPhrase: Phrase = {
  opens: /^(?:p\.?o?\.?|post|postal|pob|p\.?o\.?box)$/,
  begin: (word) => (/^(?:p\.|p\.?o\.?|post|postal|pob|p\.?o\.?box)$/i.test(word) ? 1 : 0),
  next: (state, word) => (state < 4 && /^(?:o\.?|office|box:?|no\.?|#)$/i.test(word) ? state + 1 : 0),
};

/** What a street address is made of in a language. */
export interface StreetWords {
  /** Words that end the name of a street, capitalised. */
  suffixes: readonly string[];
  /** Those that end it without capitals, too; their other meanings are rare after a number. */
  plain: readonly string[];
  /** Names of streets that have no such word. */
  names?: readonly string[];
}

const UNIT = "(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|Flat)";
const UNIT_WORD = /^(?:(?:apt|apartment|suite|ste|unit|floor|fl|room|rm|flat)\.?|#[\w-]*)$/i;
const DIRECTION = "(?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)";
const DIRECTION_WORD = /^(?:ne|nw|se|sw|n|s|e|w|north|south|east|west)\.?$/i;
const HOUSE_NUMBER = /^\(?\d{1,6}(?:-\d{1,4})?[A-Za-z]?$/;
const YEAR = /^(?:1[5-9]|20)\d\d /;
const YEAR_BEFORE = /\b(?:in|since|of|by|from|until|till|during|the|for|after|before)\s$/i;

/** Words that are part of a sentence rather than of a street's name. */
const NO_NAME = new Set(
  (
    "a an and are as at away be been but by can did do down each every few for from had has have i if in into is it " +
    "its lane left like long many me mile miles minute minutes more most my of off on one only or other our out over " +
    "people per side so some than that the their them then there these they this those to two up us was way we went " +
    "were which who will with you your block blocks car cars day days dead different foot hour hours major metre " +
    "metres meter meters new old single small times year years"
  ).split(" "),
);

const CAPITAL = /^[A-Z0-9\u00c0-\u00de]/;
const LOWER_CASE = /^[a-z][a-z'’-]+$/;

/** The most words between the number and the end of an address. */
const MOST_WORDS = 8;
/** Added to a phrase's state once a word has ended the street's name. */
const NAMED = 10;

/** Street addresses whose number comes first: `12 Main Street, Apt 4`. */
export function numberedStreet({ suffixes, plain, names = [] }: StreetWords): { rules: Rule[]; phrase: Phrase } {
  const suffix = `(?:${suffixes.flatMap((word) => [word, word.toUpperCase(), word.toLowerCase()]).join("|")})`;
  const space = `[${SPACE}]{1,2}`;
  const number = "(?<![\\w.,$€£#/-])\\d{1,6}(?:-\\d{1,4})?[A-Za-z]?";
  const unit = `(?:,?${space}(?:(?:${UNIT}|${UNIT.toLowerCase()})\\.?${space}#?[\\w-]{1,6}|#[${SPACE}]?[\\w-]{1,6}))?`;
  // A quotation mark may follow, but no genitive.
  const wordEnd = "(?![\\w-]|['’]\\w)";
  const end = `(?:${space}${DIRECTION}\\b)?`;
  const capital = "[A-Z0-9\\u00c0-\\u00de][\\w'’.\\u00c0-\\u024f-]{0,24}";
  const named = names.length === 0 ? "" : `|${names.join("|")}`;
  const endings = new Set([...suffixes, ...names, ...plain].map((word) => word.toLowerCase()));
  return {
    rules: [
      {
        entity: "STREET_ADDRESS",
        pattern: expression(
          `${number}${space}(?:(?:${capital}${space}){1,5}${suffix}${named})${wordEnd}\\.?${end}${unit}`,
        ),
        needs: HAS.digit,
        accept: (value, before) => !(YEAR.test(value) && YEAR_BEFORE.test(before)),
      },
      {
        entity: "STREET_ADDRESS",
        pattern: expression(
          `${number}${space}(?:[a-z][a-z'’-]{1,20}${space}){1,2}(?:${plain.join("|")})${wordEnd}\\.?${end}${unit}`,
        ),
        needs: HAS.digit,
        accept: (value) => value.split(/\s+/).every((word) => !NO_NAME.has(word)),
      },
    ],
    phrase: {
      acrossComma: (state) => state > NAMED,
      begin: (word) => (HOUSE_NUMBER.test(word) ? 1 : 0),
      next: (state, word) => {
        const bare = (word.endsWith(".") ? word.slice(0, -1) : word).toLowerCase();
        const words = (state % NAMED) + 1;
        if (words > MOST_WORDS || NO_NAME.has(word) || (word.endsWith(".") && word.length > 5)) return 0;
        if (endings.has(bare)) return NAMED + words;
        if (state > NAMED)
          return /^[A-Z#]/.test(word) || UNIT_WORD.test(word) || DIRECTION_WORD.test(word) ? NAMED + words : 0;
        return CAPITAL.test(word) || (words <= 3 && LOWER_CASE.test(word)) ? words : 0;
      },
    },
  };
}
