import { digitsOf, passesIsbn, passesLuhn } from "../checksums.js";
import { HAS, type Phrase, type Rule } from "../entity.js";
import { EXTENSION, expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE, standsAlone } from "./signs.js";

/** Numbers in groups: telephone, card and book numbers. Ends after a full stop, since a sentence does. */
export const numberPhrase: Phrase = {
  begin: (word) => (/^[+(]?[\d(][\d()./\-\u2010-\u2013]*$/.test(word) && !word.endsWith(".") ? 1 : 0),
  next: (state, word) => {
    if (state >= 20 || (word.endsWith(".") && word !== "ext.")) return 0;
    return /^(?:[\d()./\-\u2010-\u2013]+|x\d*|ext\.?|extension)$/i.test(word) ? state + 1 : 0;
  },
};

/** Lengths of card numbers by their first digits (ISO/IEC 7812 ranges of the large networks). */
const CARDS: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2[2-7])/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16]],
  [/^35/, [16, 17, 18, 19]],
  [/^(?:6011|64[4-9]|65|62|81)/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6[0-9])/, [13, 14, 15, 16, 17, 18, 19]],
];

/** Card numbers, in groups or not, of a known network and with Luhn's check digit. */
export const creditCardRule: Rule = {
  entity: "CREDIT_CARD",
  pattern: expression(
    `(?<![\\d_.$€£${HYPHEN}])[2-68](?:(?:[${HYPHEN}.]|[${SPACE}]{1,2}|[${SPACE}][${HYPHEN}][${SPACE}])?\\d){12,18}(?![\\w]|[.,]\\d)`,
  ),
  needs: HAS.digits13,
  accept: (value, before) => standsAlone(before) && cardLength(value),
};

/** The longest beginning of a number, whole groups of it, that is a card's: what follows may be its expiry date. */
function cardLength(value: string): number {
  const digits = digitsOf(value);
  const lengths = CARDS.flatMap(([prefix, allowed]) => (prefix.test(digits) ? allowed : []));
  for (const length of lengths.sort((a, b) => b - a)) {
    if (length > digits.length || !passesLuhn(digits.slice(0, length))) continue;
    const end = endOfDigits(value, length);
    if (!/^\d/.test(value.slice(end)) && isGrouped(value.slice(0, end))) return end;
  }
  return 0;
}

/** Whether the groups may be a card's: of three digits or more but for the last, or digit by digit as they are dictated. */
function isGrouped(value: string): boolean {
  const groups = value.split(/\D+/);
  return groups.slice(0, -1).every(({ length }) => length > 2) || groups.every(({ length }) => length === 1);
}

/** Where the first `count` digits end. */
function endOfDigits(text: string, count: number): number {
  let at = 0;
  for (let seen = 0; seen < count && at < text.length; at++) {
    if (/\d/.test(text.charAt(at))) seen++;
  }
  return at;
}

const ISBN_LABEL = /\bISBN(?:[ _-]?1[03]|\s?\(1[03]\))?(?:\s(?:is|no\.?|number))?["':=\s#]{0,4}$/i;

/** Book numbers: 13 digits with a right check digit, or ten signs that are labelled or have hyphens in their places. */
export const isbnRule: Rule = {
  entity: "ISBN",
  pattern: expression(
    `(?:(?<![\\w.,${HYPHEN}])|(?<=\\b[Ii][Ss][Bb][Nn]))(?:97[89][${SPACE}${HYPHEN}]?)?\\d(?:[${SPACE}${HYPHEN}]?\\d){8}[${SPACE}${HYPHEN}]?[\\dXx](?![\\w]|[${HYPHEN}]\\d)`,
  ),
  needs: HAS.digits9,
  accept: (value, before) => {
    if (hasLetter(before) && ISBN_LABEL.test(before)) return true;
    const signs = value.replace(/[^\dXx]/g, "");
    const hyphens = value.length - signs.length;
    return passesIsbn(signs) && (signs.length === 13 || (hyphens === 3 && /^\d{1,5}\D\d+\D\d+\D[\dXx]$/.test(value)));
  },
};

const WORD_START = "(?<![a-z\\u00c0-\\u024f])";
const WORD_END = "(?![a-z\\u00c0-\\u024f])";
/** Words for a telephone and its number, in the languages of the locales and of their neighbours. */
const PHONES =
  "(?:tele)?phone|tel|mobile|mobil|cell|fax|whatsapp|sms|handy|handynummer|mobilnummer|rufnummer|telefonnummer|telefon|telefoon|" +
  "telefoonnummer|teléfono|telefono|telefone|móvil|movil|celular|cellulare|téléphone|tél|portable|gsm";

/** What stands before a telephone number: `phone:`, `"mobile_phone": "`, `call me at`, `my number is`, `電話`. */
const PHONE_LABEL = new RegExp(
  `(?:${WORD_START}(?:${PHONES})s?${WORD_END}(?:[^a-z\\d\\u00c0-\\u024f]|${WORD_START}(?:no|nr|number|num|is|es|è|é|ist|est|me|at|on|us|line)${WORD_END}){0,12}` +
    `|\\b(?:(?:call|reach|contact)\\b|(?:text|dial|ring)\\b(?!["']?:))(?:\\W|\\b(?:me|us|him|her|them|at|on)\\b){0,8}` +
    `|\\b(?:my|his|her|our|their)\\s(?:(?:new|old|home|work)\\s)?number(?:['’]s|\\sis)\\W{1,2}` +
    `|(?:電話|电话|手机|携帯|전화|телефон|тел)[\\s番号码번호.:：]{0,4})$`,
  "i",
);
/** The same as a name of a field in camel case: `homePhone`, `phoneNumber`. */
const PHONE_FIELD = /(?:phone|mobile|fax)(?:Number|No|Num)|[a-z](?:Phone|Mobile|Fax)(?:Number|No|Num)?["'\s:=]{1,5}$/;

function isLabelled(before: string): boolean {
  return hasLetter(before) && (PHONE_LABEL.test(before) || PHONE_FIELD.test(before));
}

/** Among numbers alone there is no label: most of what is looked at. */
function hasLetter(text: string): boolean {
  return /[A-Za-z\u00c0-\uffff]/.test(text);
}

const SEPARATOR = `[${SPACE}${HYPHEN}./()]`;

/** Telephone numbers that any country can write: international, or labelled as one. */
export const phoneRules: readonly Rule[] = [
  {
    entity: "PHONE_NUMBER",
    // ITU-T E.164 allows 15 digits; a trunk zero in brackets is one more.
    pattern: expression(
      `(?<![\\w.])(?:\\((?=\\+\\d{1,3}\\)))?\\+(?!1${SEPARATOR}{0,3}[01])[1-9](?:${SEPARATOR}{0,3}\\d){6,15}(?!\\d)${EXTENSION}`,
    ),
    needs: HAS.digits7,
  },
  {
    entity: "PHONE_NUMBER",
    pattern: expression(
      `${NOT_AFTER}(?<!\\d[${SPACE}])(?:00|011[${SPACE}${HYPHEN}])[1-9](?:${SEPARATOR}{0,2}\\d){7,13}${NOT_BEFORE}`,
    ),
    needs: HAS.digits9,
    accept: (value, before) => /\D/.test(value) || isLabelled(before),
  },
  {
    entity: "PHONE_NUMBER",
    pattern: expression(`${NOT_AFTER}\\(?\\d(?:${SEPARATOR}{0,2}\\d){6,14}${NOT_BEFORE}`),
    needs: HAS.digits7 | HAS.letter,
    accept: (_, before) => isLabelled(before),
  },
];
