import { passesMod97 } from "../checksums.js";
import { HAS, type Phrase, type Rule } from "../entity.js";
import { expression, HYPHEN, SPACE } from "./signs.js";

/** Length of an IBAN by country, from the registry of ISO 13616. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "NO15 BE16 DK18 FI18 FO18 GL18 NL18 FK18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 XK20 CH21 CR22 BG22 BH22 BY28 " +
    "DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 " +
    "TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 CY28 DO28 GT28 HU28 LB28 NI28 " +
    "PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 LC32 MT31 SC31 RU33 SD18 MN20 HN28"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** International bank account numbers, in groups or not, whose country, length and check digits are right. */
export const ibanRule: Rule = {
  entity: "IBAN",
  pattern: expression(`(?<![A-Za-z0-9])[A-Za-z]{2}\\d{2}(?:[${SPACE}${HYPHEN}]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9]{3})`),
  needs: HAS.digit,
  accept: (value) => {
    const length = LENGTHS[value.slice(0, 2).toUpperCase()];
    if (length === undefined) return false;
    const end = endOfSigns(value, length);
    if (end === 0 || /[A-Za-z0-9]/.test(value.charAt(end))) return false;
    return passesMod97(value.slice(0, end).replace(/[^A-Za-z0-9]/g, "")) && end;
  },
};

/** Groups of four and a shorter last one. */
export const ibanPhrase: Phrase = {
  begin: (word) => (/^\(?[A-Za-z]{2}\d{2}[A-Za-z0-9]{0,4}$/.test(word) ? 1 : 0),
  next: (state, word) => (state < 9 && /^[A-Za-z0-9]{4}$/.test(word) ? state + 1 : 0),
};

/** Where the first `count` letters and digits end; 0 where there are fewer. */
function endOfSigns(text: string, count: number): number {
  let seen = 0;
  for (let at = 0; at < text.length; at++) {
    if (/[A-Za-z0-9]/.test(text.charAt(at)) && ++seen === count) return at + 1;
  }
  return 0;
}
