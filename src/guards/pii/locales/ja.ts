import { HYPHEN } from "../entities/signs.js";
import { passesMyNumber } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

/** Japan: telephone numbers, postal codes, and the individual number ("My Number"). */
export const ja = nationalPack({
  locale: "ja",
  phones: [{ pattern: `(?:\\(0\\d{1,4}\\)|0\\d{1,4}[${HYPHEN}(])\\d{1,4}[${HYPHEN})]\\d{3,4}`, digits: [10, 11] }],
  postalCodes: [
    {
      pattern: `\\d{3}[${HYPHEN}]\\d{4}`,
      label: "郵便番号|postal code|post code|zip code|zip",
      before: /〒\s?$/,
    },
  ],
  ids: [
    {
      pattern: `\\d{4}[ ${HYPHEN}]?\\d{4}[ ${HYPHEN}]?\\d{4}`,
      check: passesMyNumber,
      label: "マイナンバー|個人番号|my number|individual",
    },
  ],
});
