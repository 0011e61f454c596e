import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesVerhoeff } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

/** India: telephone numbers, PIN codes, Aadhaar and PAN. */
export const enIn = nationalPack({
  locale: "en-IN",
  phones: [
    { pattern: `[6-9]\\d{4}[${SPACE}${HYPHEN}]\\d{5}` },
    { pattern: `0[1-8]\\d{1,3}[${SPACE}${HYPHEN}]\\d{3,4}[${SPACE}${HYPHEN}]?\\d{3,4}`, digits: [11, 11] },
  ],
  postalCodes: [
    {
      pattern: `[1-8]\\d{2}[${SPACE}]?\\d{3}`,
      label: "pin|pin ?code|postal code",
      before:
        /\b(?:Delhi|Mumbai|Bengaluru|Bangalore|Chennai|Kolkata|Hyderabad|Pune|Ahmedabad|Jaipur|Lucknow|Kochi|Surat|Nagpur|Indore|Bhopal|Patna|Chandigarh|Goa|Maharashtra|Karnataka|Kerala|Gujarat|Punjab|Haryana|Telangana|Rajasthan|Bihar|(?:Tamil|Uttar|Madhya|Andhra|West)\s(?:Nadu|Pradesh|Bengal))\s?[-–,]?\s{0,2}$/,
    },
  ],
  ids: [
    {
      pattern: `[2-9]\\d{3}[${SPACE}${HYPHEN}]?\\d{4}[${SPACE}${HYPHEN}]?\\d{4}`,
      check: passesVerhoeff,
      label: "aadhaar|aadhar|uidai|uid",
      alone: /^\d{4}\D\d{4}\D\d{4}$/,
    },
    // The fourth letter says whose it is: a person's, a company's.
    { pattern: "[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]", label: "pan", alone: /^/ },
  ],
});
