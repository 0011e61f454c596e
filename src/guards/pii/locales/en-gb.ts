import { digitsOf } from "../checksums.js";
import { numberedStreet } from "../entities/numbered-street.js";
import { poBoxPhrase, poBoxRule } from "../entities/post.js";
import { expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";
import { idRule } from "./national-pack.js";

const street = numberedStreet({
  suffixes:
    "Street St Road Rd Lane Ln Avenue Ave Close Drive Dr Court Crescent Gardens Terrace Mews Row Hill Grove Green Square Way Place Walk Park Rise View Parade Yard Wharf Quay Approach Cottages Mount Vale Croft Embankment Esplanade Circus Gate Wynd".split(
      " ",
    ),
  plain: ["street", "st", "road", "rd", "avenue", "ave", "close", "crescent", "lane"],
  cued: ["Bank", "Chase", "End", "Fold", "House", "Villas", "Court", "Lodge"],
  names: "Broadway Strand Piccadilly Whitehall Cheapside Kingsway Haymarket Aldwych Millbank".split(" "),
});

/** The first half of a postcode (BS 7666): its second half is a digit and two letters. */
const OUTWARD = /^\(?(?:[A-Z]{1,2}\d[A-Z\d]?|GIR)$/i;

const POSTCODE_LABEL = /\bpost(?:al)?[ _]?code(?:\W{1,2}is)?\W{1,4}$/i;

/** The two letters that a national insurance number begins with (HMRC manual NIM39110). */
const NINO_PREFIX = "(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]";

const NINO_BEGIN = new RegExp(`^${NINO_PREFIX}(?:\\d{2}|\\d{6})?$`);

const rules: readonly Rule[] = [
  idRule({
    pattern: `${NINO_PREFIX}[${SPACE}]?\\d{2}[${SPACE}]?\\d{2}[${SPACE}]?\\d{2}[${SPACE}]?[A-D]`,
    label: "ni|nino|national insurance",
    alone: /^/,
  }),
  {
    entity: "PHONE_NUMBER",
    pattern: expression(
      `${NOT_AFTER}(?:\\(0[1-37-9]\\d{1,4}\\)|0[1-37-9]\\d{1,4})[${SPACE}${HYPHEN}]?\\d{3,4}[${SPACE}${HYPHEN}]?\\d{3,4}${NOT_BEFORE}`,
    ),
    needs: HAS.digits9,
    accept: (value) => [10, 11].includes(digitsOf(value).length),
  },
  poBoxRule,
  ...street.rules,
  {
    entity: "ZIP_CODE",
    pattern: expression(
      `(?<![\\w${HYPHEN}])(?:[A-Z]{1,2}\\d[A-Z\\d]?[${SPACE}]?\\d[ABD-HJLNP-UW-Z]{2}|[a-z]{1,2}\\d[a-z\\d]?[${SPACE}]\\d[abd-hjlnp-uw-z]{2}|GIR[${SPACE}]?0AA)(?![\\w])`,
    ),
    needs: HAS.digit | HAS.letter,
    // `M2 1TB` is a disk.
    accept: (value, before) => !/^[A-Z]\d\s\d[GTP]B$/i.test(value) || POSTCODE_LABEL.test(before),
  },
  {
    entity: "ZIP_CODE",
    pattern: expression(`(?<!\\w)[a-z]{1,2}\\d[a-z\\d]?\\d[abd-hjlnp-uw-z]{2}(?!\\w)`),
    needs: HAS.digit | HAS.letter,
    accept: (_, before) => POSTCODE_LABEL.test(before),
  },
];

const postcodePhrase: Phrase = {
  opens: /^gir$/,
  begin: (word) => (OUTWARD.test(word) ? 1 : 0),
  next: () => 0,
};

const ninoPhrase: Phrase = {
  opens: /^[a-z]{2}$/,
  begin: (word) => (NINO_BEGIN.test(word) ? 1 : 0),
  next: (state, word) => (state < 5 && /^(?:\d{2}|\d{6}|[A-D])$/.test(word) ? state + 1 : 0),
};

const phrases: readonly Phrase[] = [poBoxPhrase, street.phrase, postcodePhrase, ninoPhrase];

/** The United Kingdom. */
export const enGb: LocalePack = { locale: "en-GB", rules, phrases };
