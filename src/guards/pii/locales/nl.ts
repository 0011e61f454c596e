import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesElfproef } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

/** The Netherlands: telephone numbers, postcodes, and the BSN. */
export const nl = nationalPack({
  locale: "nl",
  phones: [
    { pattern: `06[${SPACE}${HYPHEN}]?\\d(?:[${SPACE}${HYPHEN}]?\\d){7}`, digits: [10, 10] },
    {
      pattern: `(?:\\(0[1-578]\\d{1,2}\\)[${SPACE}]?|0[1-578]\\d{1,2}[${SPACE}${HYPHEN}])\\d(?:[${SPACE}]?\\d){5,7}`,
      digits: [10, 10],
    },
  ],
  postalCodes: [
    {
      // SA, SD and SS are not given out.
      pattern: `[1-9]\\d{3}[${SPACE}]?(?!SA|SD|SS)[A-Z]{2}`,
      label: "postcode",
      before:
        /(?:straat|weg|laan|plein|gracht|kade|singel|dijk|hof|dreef|steeg|markt|pad)\s\d{1,4}[^\n]{0,6},?\s{1,2}$/i,
      after: /^,?\s{1,2}(?:[A-Z][a-z]{2}|'s-|Den\s)/,
    },
  ],
  ids: [
    {
      pattern: `\\d{8,9}|\\d{4}[.${SPACE}]\\d{2}[.${SPACE}]\\d{3}|\\d{3}[.${SPACE}]\\d{3}[.${SPACE}]\\d{3}`,
      check: (digits) => passesElfproef(digits.padStart(9, "0")),
      label: "bsn|burgerservicenummer|sofinummer|sofi-nummer",
    },
  ],
  phrases: [
    // The letters of a postcode, and a city behind them.
    {
      begin: (word) => (/^\(?[1-9]\d{3}$/.test(word) ? 1 : 0),
      next: (state, word) => (state === 1 && /^[A-Z]{2}$/.test(word) ? 2 : 0),
    },
  ],
});
