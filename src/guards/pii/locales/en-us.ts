import { numberedStreet } from "../entities/numbered-street.js";
import { poBoxPhrase, poBoxRule } from "../entities/post.js";
import { EXTENSION, expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE, standsAlone } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";

/** Street suffixes of USPS Publication 28, appendix C1, that are in common use. */
const street = numberedStreet({
  suffixes:
    "Street St Avenue Ave Boulevard Blvd Road Rd Drive Dr Lane Ln Court Ct Circle Cir Place Pl Parkway Pkwy Terrace Ter Trail Trl Highway Hwy Square Sq Alley Plaza Loop Crescent Way Row Cove Pike Turnpike Tpke Expressway Expy Freeway Fwy Crossing Xing Bend Hollow Knoll Glen Landing Ridge Rdg Trace Path".split(
      " ",
    ),
  cued: "Run Pass Point Pt View Vista Hill Hills Heights Park Walk Green Grove Gardens Manor Meadow Meadows Commons Village Station Valley Oaks Creek Center Centre".split(
    " ",
  ),
  plain: ["street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "drive", "lane", "court"],
  names: ["Broadway", "The Embarcadero"],
});

const STATES =
  "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI".replaceAll(
    " ",
    "|",
  );

/** The names of the states, by their last words. */
const STATE_NAMES =
  "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada Hampshire Jersey Mexico York Carolina Dakota Ohio Oklahoma Oregon Pennsylvania Island Tennessee Texas Utah Vermont Virginia Washington Wisconsin Wyoming".replaceAll(
    " ",
    "|",
  );

const BEFORE_ZIP = new RegExp(`\\b(?:${STATES}|${STATE_NAMES}|D\\.C\\.),?[${SPACE}]{1,2}$`);
const ZIP_LABEL = /(?:^|[^a-z])(?:zip|postal)(?:[ _-]?code)?(?:\W{1,2}is)?\W{1,4}$/i;
const SSN_LABEL = /(?:^|[^a-z])(?:ssn|social(?:[ _]security)?)(?:[\W_]{0,2}(?:number|num|no|is|#)){0,4}\W{0,4}$/i;
/** A state at the end of a line, its postal code on the next. */
const STATE_LINE = new RegExp(`,[${SPACE}](?:${STATES})[${SPACE}]?\\r?\\n$`);
/** A street and a city. */
const STREET_BEFORE = new RegExp(
  `\\d[${SPACE}][^,\\n]{2,24}\\b(?:St|Street|Ave|Avenue|Blvd|Boulevard|Rd|Road|Dr|Drive|Ln|Lane|Ct|Court|Way|Pl|Place)\\.?,?(?:[${SPACE}][A-Z][a-z]{2,}){1,2},?[${SPACE}]$`,
);

const rules: readonly Rule[] = [
  {
    entity: "US_SSN",
    // The Social Security Administration never gave out 000, 666 and 900 to 999, nor 00 and 0000.
    pattern: expression(
      `(?<![\\d_${HYPHEN}])(?!000|666|9)\\d{3}([${HYPHEN}${SPACE}.]?)(?!00)\\d{2}\\1(?!0000)\\d{4}(?![\\w]|[${HYPHEN}.]\\d)`,
    ),
    needs: HAS.digits9,
    accept: (value, before) =>
      standsAlone(before) && ((value.length > 9 && !value.includes(".")) || SSN_LABEL.test(before)),
  },
  {
    entity: "PHONE_NUMBER",
    pattern: expression(
      `(?<![\\d_.+#$€£${HYPHEN}]|(?<!\\d)\\d{1,3},|(?<!\\d{3}[${HYPHEN}. ]\\d{4})/)(?:1[${SPACE}${HYPHEN}.]?)?(?:\\([2-9]\\d{2}\\)[${SPACE}${HYPHEN}]?|[2-9]\\d{2}[${SPACE}${HYPHEN}./])\\d{3}[${SPACE}${HYPHEN}.]\\d{4}`,
      EXTENSION,
      `(?![\\w%€£]|[.,${HYPHEN}]\\d|/(?!\\(?\\d{3}[${HYPHEN}. )]))`,
    ),
    needs: HAS.digits9,
    accept: (_, before) => standsAlone(before),
  },
  {
    entity: "PHONE_NUMBER",
    // The exchange that is in no use but for examples; any other seven digits may be anything.
    pattern: expression(`${NOT_AFTER}555[${HYPHEN}.]\\d{4}${NOT_BEFORE}`),
    needs: HAS.digits7,
  },
  poBoxRule,
  ...street.rules,
  {
    entity: "ZIP_CODE",
    pattern: expression(`${NOT_AFTER}\\d{5}(?:[${HYPHEN}]\\d{4})?${NOT_BEFORE}`),
    needs: HAS.digit,
    accept: (value, before) =>
      value.length > 5 || [BEFORE_ZIP, ZIP_LABEL, STATE_LINE, STREET_BEFORE].some((known) => known.test(before)),
  },
  {
    entity: "ZIP_CODE",
    // Canada's, by the letters that it uses.
    pattern: expression(
      `(?<![\\w${HYPHEN}])[ABCEGHJ-NPRSTVXY]\\d[ABCEGHJ-NPRSTV-Z][${SPACE}]?\\d[ABCEGHJ-NPRSTV-Z]\\d(?![\\w${HYPHEN}])`,
    ),
    needs: HAS.digit | HAS.letter,
    accept: (value, before) => value.length > 6 || ZIP_LABEL.test(before) || /\b[A-Z]{2},?\s$/.test(before),
  },
];

const canadianPostalCodePhrase: Phrase = {
  begin: (word) => (/^[A-Z]\d[A-Z]$/.test(word) ? 1 : 0),
  next: () => 0,
};

const phrases: readonly Phrase[] = [poBoxPhrase, street.phrase, canadianPostalCodePhrase];

/** The United States, and the postal codes of Canada, whose telephone numbers and streets are written alike. */
export const enUs: LocalePack = { locale: "en-US", rules, phrases };
