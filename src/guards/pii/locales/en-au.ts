import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesTfn } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

const GAP = `[${SPACE}${HYPHEN}]`;

/** Australia: telephone numbers, postcodes, and the tax file number. */
export const enAu = nationalPack({
  locale: "en-AU",
  phones: [
    { pattern: `(?:\\(0[2378]\\)[${SPACE}]?|0[2378]${GAP})\\d{4}${GAP}?\\d{4}` },
    { pattern: `04\\d{2}${GAP}?\\d{3}${GAP}?\\d{3}|1[38]00${GAP}\\d{3}${GAP}\\d{3}` },
  ],
  postalCodes: [
    {
      pattern: "\\d{4}",
      label: "post ?code",
      before:
        /\b(?:NSW|VIC|QLD|SA|TAS|ACT|NT|Vic\.?|Qld\.?|Tas\.?|New South Wales|Victoria|Queensland|Tasmania|(?:South|Western) Australia|(?<=[a-z],? )WA),?\s{1,2}$/,
    },
  ],
  ids: [
    {
      pattern: `\\d{3}[${SPACE}${HYPHEN}]?\\d{3}[${SPACE}${HYPHEN}]?\\d{3}`,
      check: passesTfn,
      label: "tfn|tax file",
    },
  ],
});
